import { describe, expect, it } from 'vitest';
import { Packet, PacketWriter } from '../protocol/packet.ts';
import { InputQueue } from './input-queue.ts';
import { Checksums } from './checksums.ts';

const SHAPE = { players: 2, actionBytes: 1 };
const value = (n: number): Uint8Array => new Uint8Array(8).fill(n);

/** The packet that `sender` writes for the other, decoded. */
function packetOf(from: Checksums, sender: number, now: number): Packet {
  const writer = new PacketWriter(SHAPE);
  writer.begin(sender, 0, 0, 0, 0, new Int32Array(2), new InputQueue(4, 1), 0);
  from.write(1 - sender, writer, now);
  const packet = new Packet(SHAPE);
  expect(packet.decode(writer.end(), sender)).toBeNull();
  return packet;
}

describe('checksums', () => {
  it('are said until they are acknowledged, and not in every packet', () => {
    const checksums = new Checksums(2);
    checksums.add(0, 29, value(1));
    const said = [0, 16, 100, 240, 260, 300, 520].map(
      (now) => packetOf(checksums, 0, now).checksumCount,
    );
    expect(said).toEqual([1, 0, 0, 0, 1, 0, 1]);
    const ack = new Packet(SHAPE);
    ack.checksumAck = 1;
    checksums.receive(1, ack);
    expect(packetOf(checksums, 0, 10_000).checksumCount).toBe(0);
  });

  it('that are new go out at once, even while older ones wait for an answer', () => {
    const checksums = new Checksums(2);
    const serials: number[] = [];
    for (let f = 0; f < 40; f++) {
      checksums.add(0, f, value(f));
      const packet = packetOf(checksums, 0, f * 16);
      for (let i = 0; i < packet.checksumCount; i++) serials.push(packet.checksumSerial + i);
    }
    // Nothing was acknowledged: every quarter of a second it begins again at the oldest.
    expect(serials.filter((s) => s === 0).length).toBe(3);
    expect(Math.max(...serials)).toBe(39);
  });

  it('survive loss, and a difference is found with its frame', () => {
    const here = new Checksums(2);
    const there = new Checksums(2);
    for (let f = 0; f < 30; f++) {
      here.add(1, f, value(f));
      there.add(1, f, value(f === 17 ? 99 : f));
    }
    for (let now = 0; now < 5000; now += 16) {
      const packet = packetOf(here, 0, now);
      const lost = (now / 16) % 3 === 0;
      if (!lost) there.receive(0, packet);
      here.receive(1, packetOf(there, 1, now));
    }
    expect(there.compare(0)).toEqual({
      episode: 1,
      frame: 17,
      player: 0,
      local: '63'.repeat(8),
      remote: '11'.repeat(8),
    });
    expect(there.compare(0)).toBeNull();
    expect(packetOf(here, 0, 10_000).checksumCount).toBe(0);
  });

  it('that come before the own ones wait for them', () => {
    const here = new Checksums(2);
    const there = new Checksums(2);
    here.add(0, 9, value(1));
    there.receive(0, packetOf(here, 0, 0));
    expect(there.compare(0)).toBeNull();
    there.add(0, 9, value(2));
    expect(there.compare(0)).toMatchObject({ frame: 9 });
  });
});
