/** What one participant may ask of the server (SEC-7), with a clock of the test's own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLimits, DISCONNECT_FACTOR, HOLD_MS, type Limiter } from '../src/limits.ts';
import { holdBack } from '../src/sockets/hold-back.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What became of `count` messages within one moment, in order, repetitions left out. */
async function burst(limiter: Limiter, count: number, key = 'p'): Promise<string[]> {
  const all: string[] = [];
  for (let n = 0; n < count; n++) {
    const verdict = await limiter.take(key);
    if (verdict !== all.at(-1)) all.push(verdict);
  }
  return all;
}

test('what is over the limit is refused for the rest of the second, ten times over is a flood', async () => {
  const { relayPackets } = createLimits();
  expect(await burst(relayPackets, 1_500)).toEqual(['ok']);
  expect(await burst(relayPackets, 1)).toEqual(['over']);
  expect(await burst(relayPackets, 100, 'somebody else')).toEqual(['ok']);
  await vi.advanceTimersByTimeAsync(1_001);
  expect(await burst(relayPackets, 1_500)).toEqual(['ok']);
  await vi.advanceTimersByTimeAsync(1_001);
  expect(await burst(relayPackets, DISCONNECT_FACTOR * 1_500 + 1)).toEqual(['ok', 'over', 'flood']);
});

test('whoever is over it again and again is a flood too, and forgiven after a while', async () => {
  const { messages } = createLimits();
  const second = async () => {
    const verdicts = await burst(messages, 110);
    await vi.advanceTimersByTimeAsync(1_001);
    return verdicts;
  };
  for (let n = 0; n < 3; n++) expect(await second()).toEqual(['ok', 'over']);
  expect((await second())[1]).toBe('flood');
  await vi.advanceTimersByTimeAsync(31_000);
  expect(await second()).toEqual(['ok', 'over']);
});

test('a connection that is held back is read again after a second, once', async () => {
  let paused = 0;
  let resumed = 0;
  const socket = {
    get isPaused() {
      return paused > resumed;
    },
    pause: () => (paused += 1),
    resume: () => (resumed += 1),
  };
  holdBack(socket, HOLD_MS);
  await vi.advanceTimersByTimeAsync(HOLD_MS / 2);
  holdBack(socket, HOLD_MS);
  await vi.advanceTimersByTimeAsync(HOLD_MS / 2 - 1);
  expect([paused, resumed]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([paused, resumed]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(10 * HOLD_MS);
  expect([paused, resumed]).toEqual([1, 1]);
});
