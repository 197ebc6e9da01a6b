import { tryDelay, type DelayOutcome } from '../../core/simulator/delay-sweep.ts';
import type { Figure } from './figure.ts';

const FPS = 30;
const RTTS = [0, 50, 100, 150, 200, 300];
const JITTERS = [0, 20, 40, 60];
const FIXED = [0, 1, 2, 3, 4, 5, 6];
/** What the adaptive policy promises: rollbacks so short, unless that takes more delay than this. */
const HIDDEN_FRAMES = 2;
const MOST_DELAY_MS = 100;
const FRAME_MS = 1000 / FPS;

/**
 * ROLL-7: the adaptive input delay against fixed ones, for each RTT and jitter. The value is how far
 * the adaptive one's corrections go back; the table for all policies is in the detail.
 */
export function measureDelays(): Figure[] {
  return RTTS.flatMap((rtt) => JITTERS.map((jitter) => sweep(rtt, jitter)));
}

function sweep(rtt: number, jitter: number): Figure {
  const table: Record<string, Record<string, number>> = {};
  for (const delay of FIXED) {
    table[`fixed_${delay}`] = rounded(tryDelay({ fps: FPS, rtt, jitter, inputDelay: delay }));
  }
  const adaptive = tryDelay({ fps: FPS, rtt, jitter, inputDelay: 'adaptive' });
  table.adaptive = rounded(adaptive);
  // The latest packets, and the wait for the next tick.
  const way = rtt / 2 + jitter / 2 + FRAME_MS;
  return {
    id: `ROLL-7/rtt-${rtt}-jitter-${jitter}`,
    value: adaptive.rollback_frames,
    goal: Math.max(HIDDEN_FRAMES, Math.ceil((way - MOST_DELAY_MS) / FRAME_MS)),
    unit: 'frames',
    detail: { fps: FPS, ...table },
  };
}

const rounded = (outcome: DelayOutcome): Record<string, number> =>
  Object.fromEntries(
    Object.entries(outcome).map(([name, value]: [string, number]) => [
      name,
      Number(value.toFixed(1)),
    ]),
  );
