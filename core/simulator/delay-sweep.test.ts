import { expect, it } from 'vitest';
import { tryDelay } from './delay-sweep.ts';

it('adaptive delay: none on a fast link, short rollbacks on a slow one, never felt lag', () => {
  const fast = tryDelay({ fps: 30, rtt: 20, jitter: 0, inputDelay: 'adaptive' });
  expect(fast).toMatchObject({ added_latency_ms: 0, stalls: 0 });
  const without = tryDelay({ fps: 30, rtt: 200, jitter: 20, inputDelay: 0 });
  const slow = tryDelay({ fps: 30, rtt: 200, jitter: 20, inputDelay: 'adaptive' });
  expect(slow.rollback_frames).toBeLessThan(without.rollback_frames / 1.5);
  expect(slow.added_latency_ms).toBeLessThanOrEqual(100);
  expect(slow.stalls).toBe(0);
});
