import { expect, it } from 'vitest';
import { tryBurst } from './burst-trial.ts';
import { quietMatch } from './conditions.ts';
import { simulate } from './match.ts';

const FPS = 60;
/** 400 ms at 60 Hz. */
const WINDOW = 24;

// A published library stalls for good after three packets lost in a row.
it('recovers from every burst of losses, from one packet to beyond the whole window', () => {
  for (let length = 1; length <= 2 * WINDOW; length++) {
    for (const bothWays of [false, true]) {
      const scenario = quietMatch(2, FPS, 33);
      scenario.session.maxSteps = 120;
      const start = 700 + length;
      const end = start + (1000 * length) / FPS;
      scenario.cuts.push({ from: 0, to: 1, start, end });
      if (bothWays) scenario.cuts.push({ from: 1, to: 0, start, end });
      const { failure, frames } = simulate(scenario);
      expect(failure, `${length} packets, both ways: ${bothWays}`).toBeNull();
      expect(frames).toBe(120);
    }
  }
});

it.each([2, 'adaptive'] as const)(
  'after a burst nobody waits any more, and the input delay is what it was (%s)',
  (inputDelay) => {
    for (let length = 1; length <= WINDOW; length++) {
      const { stalls, stallsAfterwards, delayBefore, delayAfterwards } = tryBurst({
        fps: FPS,
        delay: 33,
        inputDelay,
        length,
      });
      // What fits the window besides the way costs nobody a wait.
      if (length <= WINDOW - 8) expect(stalls, `${length} packets`).toBe(0);
      expect(stallsAfterwards, `${length} packets`).toBe(0);
      expect(delayAfterwards, `${length} packets`).toBe(delayBefore);
    }
  },
);

it('recovers from a burst on the last frames of an episode and the first of the next', () => {
  for (let start = 500; start < 1500; start += 25) {
    const scenario = quietMatch(3, FPS, 33);
    Object.assign(scenario.session, { maxSteps: 60, episodes: 2 });
    scenario.cuts.push({ from: 0, to: 1, start, end: start + 300 });
    expect(simulate(scenario).failure, `from ${start} ms`).toBeNull();
  }
});
