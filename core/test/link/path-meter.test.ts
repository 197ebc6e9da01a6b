import { expect, it } from 'vitest';
import { PathMeter } from '../../src/link/path-meter.ts';

it('counts gaps as loss, and late packets as arrived', () => {
  const meter = new PathMeter();
  for (const n of [0, 1, 4, 5, 6, 7, 8, 9]) meter.received(n, 10 * n);
  expect(meter.loss(100)).toEqual({ expected: 10, share: expect.closeTo(0.2) as number });
  meter.received(3, 100);
  meter.received(2, 100);
  expect(meter.loss(100).share).toBe(0);
});

it('counts a duplicate once', () => {
  const meter = new PathMeter();
  for (const n of [0, 1, 2, 2, 2, 1, 0, 9]) meter.received(n, 0);
  expect(meter.loss(0)).toEqual({ expected: 10, share: expect.closeTo(0.6) as number });
});

it('goes on when the sequence wraps around', () => {
  const meter = new PathMeter();
  for (let n = 65_500; n < 65_600; n++) if (n !== 65_536) meter.received(n & 0xffff, 0);
  expect(meter.loss(0)).toEqual({ expected: 100, share: expect.closeTo(0.01) as number });
});

it('forgets loss after 3 s, and can ask for less', () => {
  const meter = new PathMeter();
  meter.received(0, 0);
  meter.received(9, 0);
  for (let n = 10; n < 20; n++) meter.received(n, 1_500);
  expect(meter.loss(1_500).share).toBeCloseTo(0.4);
  expect(meter.loss(1_500, 1_000).share).toBe(0);
  expect(meter.loss(4_000).share).toBe(0);
  expect(meter.loss(60_000)).toEqual({ expected: 0, share: 0 });
});

it('smooths round trips and their changes, and ignores answers to nothing', () => {
  const meter = new PathMeter();
  meter.pongReceived(7, 5, 0);
  expect(meter.rtt_ms).toBeNull();
  meter.pingSent(1, 0, 0);
  meter.pongReceived(1, 100, 0);
  meter.pongReceived(1, 900, 0);
  expect(meter.rtt_ms).toBe(100);
  expect(meter.jitter_ms).toBeNull();
  meter.pingSent(2, 1_000, 0);
  meter.pongReceived(2, 1_180, 0);
  expect(meter.rtt_ms).toBe(110);
  expect(meter.jitter_ms).toBe(5);
  expect(meter.pongs).toBe(2);
});
