import { expect, it } from 'vitest';
import { FailoverJudge, type PathMeasurement } from '../../src/link/failover.ts';

const HEALTHY: PathMeasurement = {
  silent_ms: 20,
  relay_answers_for_ms: null,
  loss: { expected: 30, share: 0 },
  buffered_bytes: 0,
  slow: null,
  rtt_ms: 50,
  relay_rtt_ms: 30,
};

/** Virtual time in ms until the judge says to move, and why; null if it never does in a minute. */
function verdict(at: (now: number) => Partial<PathMeasurement>): [number, string] | null {
  const judge = new FailoverJudge();
  for (let now = 0; now <= 60_000; now += 100) {
    const reason = judge.judge({ ...HEALTHY, ...at(now) }, now);
    if (reason !== null) return [now, reason];
  }
  return null;
}

it('leaves a healthy path alone', () => expect(verdict(() => ({}))).toBeNull());

it('moves after 3 s of more than 20% loss', () => {
  expect(verdict(() => ({ loss: { expected: 30, share: 0.21 } }))).toEqual([3_000, 'packet loss']);
  expect(verdict(() => ({ loss: { expected: 30, share: 0.2 } }))).toBeNull();
});

it('forgives loss that pauses, and shares of a handful of packets', () => {
  const pausing = (now: number) => ({ loss: { expected: 30, share: now % 2_900 === 0 ? 0 : 0.5 } });
  expect(verdict(pausing)).toBeNull();
  expect(verdict(() => ({ loss: { expected: 4, share: 0.5 } }))).toBeNull();
});

it('moves after 1 s of a full send buffer', () => {
  expect(verdict(() => ({ buffered_bytes: 40_000 }))).toEqual([1_000, 'send buffer full']);
  expect(verdict(() => ({ buffered_bytes: 32 * 1024 }))).toBeNull();
});

it('moves after 3 s of slowness, only if the relay was measured to be faster', () => {
  const slow = { since: 0, least_ms: 350 };
  expect(verdict(() => ({ slow }))).toEqual([3_000, 'slow peer connection']);
  expect(verdict(() => ({ slow, relay_rtt_ms: 279 }))).toEqual([3_000, 'slow peer connection']);
  expect(verdict(() => ({ slow, relay_rtt_ms: 280 }))).toBeNull();
  expect(verdict(() => ({ slow, relay_rtt_ms: null }))).toBeNull();
});

it('moves from silence only to a relay that answers', () => {
  expect(verdict((now) => ({ silent_ms: now }))).toBeNull();
  const answered = (now: number) => ({
    silent_ms: now,
    relay_answers_for_ms: now < 1_100 ? null : now - 1_100,
  });
  expect(verdict(answered)).toEqual([1_400, 'peer connection silent']);
});
