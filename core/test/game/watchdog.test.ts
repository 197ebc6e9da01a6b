import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Timers } from '../../src/game/timers.ts';
import { Watchdog } from '../../src/game/watchdog.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function dog() {
  let [asked, barks] = [0, 0];
  const watchdog = new Watchdog(
    new Timers(),
    () => (asked += 1),
    () => (barks += 1),
  );
  return { watchdog, asked: () => asked, barks: () => barks };
}

it('notices a worker that says nothing for 30 s, once', () => {
  const { watchdog, asked, barks } = dog();
  watchdog.start();
  vi.advanceTimersByTime(29_999);
  expect(barks()).toBe(0);
  expect(asked()).toBe(30);
  vi.advanceTimersByTime(1);
  expect(barks()).toBe(1);
  vi.advanceTimersByTime(120_000);
  expect(barks()).toBe(1);
});

it('is content with a word now and then, and asks for none once it is stopped', () => {
  const { watchdog, barks } = dog();
  watchdog.start();
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(29_000);
    watchdog.heard();
  }
  watchdog.stop();
  vi.advanceTimersByTime(120_000);
  expect(barks()).toBe(0);
});

it('does not hold against the worker that the page slept', () => {
  const { watchdog, barks } = dog();
  watchdog.start();
  vi.advanceTimersByTime(20_000);
  // No timer fires in a page that is frozen, however late it becomes.
  vi.setSystemTime(Date.now() + 600_000);
  vi.advanceTimersByTime(9_000);
  expect(barks()).toBe(0);
});
