/** A peer connection whose round trip rises (NET-6): left 3 s later, and not for a spike. */
import { describe, expect, it } from 'vitest';
import { SlowRun } from '../../src/link/slow-run.ts';
import { Random } from '../../simulator/random.ts';
import { VirtualLink } from './virtual-links.ts';

/** Up since a while, at some phase of the pings, 40 ms there and back. */
function proven(phase: number): VirtualLink {
  const world = new VirtualLink();
  world.open();
  world.play(5_000 + phase);
  return world;
}
const delay = (world: VirtualLink, ms: () => number) => {
  for (const { path } of world.sides) Object.defineProperty(path.inputs, 'delay', { get: ms });
};
const moves = (world: VirtualLink) =>
  world.sides.flatMap(({ log }) => log.filter((line) => line.startsWith('server')));
/** Until somebody moved, ms. */
function untilMoved(world: VirtualLink): number {
  const from = world.clock.now;
  while (moves(world).length === 0 && world.clock.now < from + 60_000) world.play(50);
  return world.clock.now - from;
}

describe('a round trip that rose for good', () => {
  it.each([320, 400, 600, 1_000])('to %i ms is left after 3 s, at every phase', (rtt) => {
    for (let phase = 0; phase < 500; phase += 70) {
      const world = proven(phase);
      delay(world, () => rtt / 2);
      const took = untilMoved(world);
      expect(moves(world)[0]).toBe('server: slow peer connection');
      expect(took, `phase ${phase}`).toBeGreaterThanOrEqual(3_000);
      expect(took, `phase ${phase}`).toBeLessThan(4_000);
    }
  });

  it('is left soon, though every packet takes another time', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = new Random(seed);
      const world = proven(0);
      delay(world, () => random.between(140, 240));
      expect(untilMoved(world), `seed ${seed}`).toBeLessThan(5_000);
    }
  });

  it('is kept where the relay is no faster', () => {
    const world = proven(0);
    world.relayWire.delay = 170;
    delay(world, () => 200);
    world.play(30_000);
    expect(moves(world)).toEqual([]);
    world.relayWire.delay = 100;
    expect(untilMoved(world)).toBeLessThan(10_000);
  });
});

describe('what is no reason to leave a path', () => {
  it('is a spike, however often one comes', () => {
    for (let phase = 0; phase < 500; phase += 70) {
      const world = proven(phase);
      for (let n = 0; n < 20; n++) {
        delay(world, () => 300);
        world.play(2_000);
        delay(world, () => 20);
        world.play(1_500);
      }
      expect(moves(world), `phase ${phase}`).toEqual([]);
    }
  });

  it('is a queue that empties at once after a second', () => {
    for (let phase = 0; phase < 500; phase += 70) {
      const world = proven(phase);
      const until = world.clock.now + 1_100;
      delay(world, () => Math.max(20, until - world.clock.now));
      world.play(10_000);
      expect(moves(world), `phase ${phase}`).toEqual([]);
    }
  });

  it('is a page that is itself late, again and again', () => {
    for (const busy of [350, 600, 900]) {
      const world = proven(0);
      for (let n = 0; n < 40; n++) {
        const thaw = world.freeze(0);
        world.play(busy);
        thaw();
        world.play(100);
      }
      expect(world.sides[0].log, `${busy} ms of every ${busy + 100}`).toEqual(['up']);
    }
  });
});

it('a run of slow pings goes on over one quick answer, and ends with two', () => {
  const run = new SlowRun();
  run.add(0, 400);
  expect([run.begun, run.current]).toEqual([true, null]);
  run.add(500, 350);
  run.add(1_000, 380);
  expect(run.current).toEqual({ since: 0, least_ms: 350 });
  run.add(1_500, 100);
  expect(run.current).toBeNull();
  run.add(2_000, 420);
  expect(run.current).toEqual({ since: 0, least_ms: 350 });
  run.add(2_500, 100);
  run.add(3_000, 300);
  expect([run.begun, run.current]).toEqual([false, null]);
});
