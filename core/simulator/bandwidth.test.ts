import { expect, it } from 'vitest';
import { measureBandwidth } from './bandwidth.ts';

it('a link takes at most 1.0 kB/s at 60 Hz with 1-byte actions and 33 ms one way', () => {
  const { kilobytesPerSecond, bytesPerPacket, packetsPerSecond } = measureBandwidth();
  expect(kilobytesPerSecond).toBeLessThanOrEqual(1);
  expect(bytesPerPacket).toBeGreaterThanOrEqual(10);
  expect(bytesPerPacket).toBeLessThanOrEqual(16);
  expect(packetsPerSecond).toBeCloseTo(60, 0);
});

it('... even if the action changes on every frame', () => {
  expect(measureBandwidth({ restlessness: 1 }).kilobytesPerSecond).toBeLessThanOrEqual(1);
});
