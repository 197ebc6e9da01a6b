import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_RELAY_BYTES } from '../../src/contract/index.ts';
import {
  decodeLinkPacket,
  encodeLinkPacket,
  KIND,
  MAX_CONTROL_BYTES,
  type LinkPacket,
} from '../../src/link/link-packet.ts';

const era = fc.nat(15);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const payload = fc.uint8Array({ maxLength: 64 });
const packet: fc.Arbitrary<LinkPacket> = fc.oneof(
  fc.record({ kind: fc.constant(KIND.input), era, sequence: u16, payload }),
  fc.record({ kind: fc.constant(KIND.ping), era, sequence: u16 }),
  fc.record({ kind: fc.constant(KIND.pong), era, sequence: u16, ping: u16 }),
  fc.record({ kind: fc.constant(KIND.control), era, number: u32, payload }),
  fc.record({ kind: fc.constant(KIND.ack), era, next: u32 }),
);

it('reads what it wrote', () => {
  fc.assert(
    fc.property(packet, (p) => {
      expect(decodeLinkPacket(encodeLinkPacket(p))).toEqual(p);
    }),
  );
});

it('has these bytes', () => {
  const input = { kind: KIND.input, era: 8, sequence: 0x0201, payload: Uint8Array.of(9) };
  expect([...encodeLinkPacket(input)]).toEqual([0x81, 1, 2, 9]);
  const pong = { kind: KIND.pong, era: 0, sequence: 1, ping: 0xfffe };
  expect([...encodeLinkPacket(pong)]).toEqual([3, 1, 0, 0xfe, 0xff]);
  const ack = { kind: KIND.ack, era: 0, next: 0x04030201 };
  expect([...encodeLinkPacket(ack)]).toEqual([5, 1, 2, 3, 4]);
});

it('takes any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => {
      const read = decodeLinkPacket(bytes);
      if (read !== null) expect([...encodeLinkPacket(read)]).toEqual([...bytes]);
    }),
    { numRuns: 2_000 },
  );
});

it('lets the largest control message be relayed', () => {
  const largest = {
    kind: KIND.control,
    era: 15,
    number: 0,
    payload: new Uint8Array(MAX_CONTROL_BYTES),
  };
  expect(encodeLinkPacket(largest).length).toBe(MAX_RELAY_BYTES);
});
