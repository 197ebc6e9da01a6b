import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from './error.ts';
import golden from './golden.json' with { type: 'json' };
import type { InputRing } from './input-runs.ts';
import { HELD_ALL, MAX_PACKET_BYTES, Packet, PacketWriter, type PacketShape } from './packet.ts';

type Input = number[];

/** A packet as golden.json tells it. An input is its meta byte, then its action. */
interface Fields {
  /** Hexadecimal digits, where the packet begins with one. */
  hello?: string;
  players: number;
  action_bytes: number;
  sender: number;
  advantage: number;
  episode: number;
  base: number;
  frame: number;
  /** By seat; null for the sender. */
  held: (number | 'all' | null)[];
  inputs: Input[];
  checksums: { serial: number; values: string[] } | null;
  checksum_ack: number | null;
  departures: { player: number; episode: number; count: number }[];
  fills: { player: number; base: number; inputs: Input[] }[];
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function ringOf(inputs: Input[], from: number, actionBytes: number): InputRing {
  const mask = 2047;
  const ring = {
    actionBytes,
    mask,
    metas: new Uint8Array(mask + 1),
    actions: new Uint8Array((mask + 1) * actionBytes),
  };
  inputs.forEach(([meta, ...action], i) => {
    const slot = (from + i) & mask;
    ring.metas[slot] = meta!;
    ring.actions.set(action, slot * actionBytes);
  });
  return ring;
}

const shapeOf = ({ players, action_bytes: actionBytes, hello }: Fields): PacketShape =>
  hello === undefined ? { players, actionBytes } : { players, actionBytes, hello: fromHex(hello) };

function encode(fields: Fields): Uint8Array {
  const { action_bytes: actionBytes, base, inputs } = fields;
  const writer = new PacketWriter(shapeOf(fields));
  const held = Int32Array.from(fields.held.map((h) => (h === 'all' ? HELD_ALL : (h ?? 0))));
  writer.begin(
    fields.sender,
    fields.advantage,
    fields.episode,
    base,
    fields.frame,
    held,
    ringOf(inputs, base, actionBytes),
    base + inputs.length,
    fields.hello !== undefined,
  );
  if (fields.checksums !== null) {
    const { serial, values } = fields.checksums;
    writer.checksums(serial, values.length, fromHex(values.join('')));
  }
  if (fields.checksum_ack !== null) writer.checksumAck(fields.checksum_ack);
  if (fields.departures.length > 0) {
    writer.departures(
      fields.departures.map((d) => d.player),
      Int32Array.from(fields.departures.map((d) => d.episode)),
      Int32Array.from(fields.departures.map((d) => d.count)),
    );
  }
  for (const fill of fields.fills) {
    const ring = ringOf(fill.inputs, fill.base, actionBytes);
    writer.fill(fill.player, ring, fill.base, fill.base + fill.inputs.length);
  }
  return writer.end().slice();
}

function decode(bytes: Uint8Array, fields: Fields): Fields {
  const { players, action_bytes: size, sender } = fields;
  const packet = new Packet(shapeOf(fields));
  expect(packet.decode(bytes, sender)).toBeNull();
  expect(packet.hello).toBe(fields.hello !== undefined);
  const inputs = (start: number, count: number): Input[] =>
    Array.from({ length: count }, (_, i) => [
      packet.inputs.metas[start + i]!,
      ...packet.inputs.actions.subarray((start + i) * size, (start + i + 1) * size),
    ]);
  const values = Array.from({ length: packet.checksumCount }, (_, i) =>
    toHex(packet.checksums.subarray(8 * i, 8 * i + 8)),
  );
  return {
    ...(packet.hello ? { hello: fields.hello! } : {}),
    players,
    action_bytes: size,
    sender,
    advantage: packet.advantage,
    episode: packet.episode,
    base: packet.base,
    frame: packet.frame,
    held: Array.from(packet.held, (h, p) => (p === sender ? null : h === HELD_ALL ? 'all' : h)),
    inputs: inputs(0, packet.inputCount),
    checksums: packet.checksumCount === 0 ? null : { serial: packet.checksumSerial, values },
    checksum_ack: packet.checksumAck < 0 ? null : packet.checksumAck,
    departures: Array.from({ length: packet.departureCount }, (_, i) => ({
      player: packet.departurePlayers[i]!,
      episode: packet.departureEpisodes[i]!,
      count: packet.departureHeld[i]!,
    })),
    fills: packet.fills.slice(0, packet.fillCount).map((fill) => ({
      player: fill.player,
      base: fill.base,
      inputs: inputs(fill.start, fill.count),
    })),
  };
}

const count = fc.integer({ min: 0, max: 100_000 });

const anyFields: fc.Arbitrary<Fields> = fc
  .record({
    players: fc.integer({ min: 2, max: 16 }),
    action_bytes: fc.integer({ min: 1, max: 8 }),
    seat: fc.nat(),
  })
  .chain(({ players, action_bytes, seat }) => {
    const sender = seat % players;
    const other = fc.integer({ min: 1, max: players - 1 }).map((d) => (sender + d) % players);
    const input = fc
      .tuple(
        fc.integer({ min: 0, max: 63 }),
        fc.array(fc.integer({ min: 0, max: 255 }), {
          minLength: action_bytes,
          maxLength: action_bytes,
        }),
      )
      .map(([meta, action]) => [meta, ...action]);
    const inputs = fc.array(input, { maxLength: 20 });
    const checksum = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(toHex);
    return fc.record({
      players: fc.constant(players),
      action_bytes: fc.constant(action_bytes),
      sender: fc.constant(sender),
      advantage: fc.integer({ min: -128, max: 127 }).map((n) => n / 8),
      episode: count,
      base: count,
      frame: count,
      held: fc
        .array(fc.oneof(count, fc.constant('all' as const)), {
          minLength: players,
          maxLength: players,
        })
        .map((held) => held.map((h, p) => (p === sender ? null : h))),
      inputs,
      checksums: fc.option(
        fc.record({ serial: count, values: fc.array(checksum, { minLength: 1, maxLength: 8 }) }),
      ),
      checksum_ack: fc.option(count),
      departures: fc.array(fc.record({ player: other, episode: count, count }), {
        maxLength: players - 1,
      }),
      fills: fc
        .array(fc.record({ player: other, base: count, inputs }), { maxLength: 2 })
        .map((fills) => fills.filter((fill) => fill.inputs.length > 0)),
    });
  });

describe('packets', () => {
  it.each(golden)('are, byte for byte, as in golden.json: $name', ({ name, hex, ...rest }) => {
    const fields = rest as Fields;
    expect(toHex(encode(fields)), name).toBe(hex);
    expect(decode(fromHex(hex), fields)).toEqual(fields);
  });

  it('come back', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        expect(decode(encode(fields), fields)).toEqual(fields);
      }),
    );
  });

  it('hold the oldest inputs when the backlog does not fit', () => {
    const inputs = Array.from({ length: 300 }, (_, i) => [5, i & 255, (i * 7) & 255, i >> 8, 1, 2]);
    const fields: Fields = {
      ...(golden[0] as Fields),
      action_bytes: 5,
      inputs,
      fills: [{ player: 1, base: 0, inputs }],
    };
    const bytes = encode(fields);
    expect(bytes.length).toBeLessThanOrEqual(MAX_PACKET_BYTES);
    const back = decode(bytes, fields);
    expect(back.inputs.length).toBeGreaterThan(100);
    expect(back.inputs).toEqual(inputs.slice(0, back.inputs.length));
    expect(back.fills[0]!.inputs).toEqual(inputs.slice(0, back.fills[0]!.inputs.length));
  });

  it('are refused when any byte is missing or one too many', () => {
    for (const { hex, ...rest } of golden) {
      const fields = rest as unknown as Fields;
      const packet = new Packet(shapeOf(fields));
      const whole = fromHex(hex);
      for (let length = 0; length < whole.length; length++) {
        const error = packet.decode(whole.subarray(0, length), fields.sender);
        expect(error?.fault, `${length} bytes of ${hex}`).toMatch(/truncated|malformed/);
      }
      expect(packet.decode(Uint8Array.of(...whole, 0), fields.sender)?.fault).toBe('truncated');
    }
  });

  it.each([
    ['not_ours', 'e1'],
    ['version', 'd2'],
    ['truncated', `d1${'00'.repeat(13)}`],
    ['version', 'c2'],
    ['truncated', ''],
  ])('are refused as %s', (fault, hex) => {
    const packet = new Packet({ players: 2, actionBytes: 1 });
    expect(packet.decode(fromHex(hex), 0)?.fault).toBe(fault);
  });

  it('of any bytes give a packet or a typed error', () => {
    const packets = [
      new Packet({ players: 2, actionBytes: 1 }),
      new Packet({ players: 16, actionBytes: 4 }),
      new Packet({ players: 3, actionBytes: 1, hello: fromHex('0301020304050607080d0c0b0a') }),
    ];
    const start = fc.constantFrom([], [0xc1], ...golden.map(({ hex }) => [...fromHex(hex)]));
    const mutated = fc
      .tuple(
        start,
        fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 255 }))),
        fc.uint8Array(),
      )
      .map(([bytes, changes, tail]) => {
        const all = [...bytes, ...tail];
        for (const [at, value] of changes) if (at < all.length) all[at] = value;
        return Uint8Array.from(all);
      });
    fc.assert(
      fc.property(mutated, fc.nat(1), (bytes, sender) => {
        for (const packet of packets) {
          const error = packet.decode(bytes, sender);
          expect(error === null || error instanceof ProtocolError).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
