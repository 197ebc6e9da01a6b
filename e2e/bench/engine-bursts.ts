import { tryBurst } from '../../core/simulator/burst-trial.ts';
import type { Figure } from './figure.ts';

const FPS = 60;
const DELAY_MS = 33;
/** The prediction window: 400 ms at 60 Hz. */
const WINDOW = 24;

/**
 * ROLL-2: bursts of losses from one packet to the whole window, both ways at once. The value is for
 * how long the peers waited in all; afterwards nobody may, and the input delay is what it was.
 */
export function measureBursts(): Figure[] {
  return Array.from({ length: WINDOW }, (_, i) => {
    const length = i + 1;
    const outcome = tryBurst({ fps: FPS, delay: DELAY_MS, inputDelay: 'adaptive', length });
    return {
      id: `ROLL-2/burst-${length}`,
      value: outcome.stall_ms,
      goal: 2 * Math.max(0, (length * 1000) / FPS),
      unit: 'ms',
      detail: {
        stalls: outcome.stalls,
        stalls_afterwards: outcome.stallsAfterwards,
        input_delay_before: outcome.delayBefore,
        input_delay_afterwards: outcome.delayAfterwards,
      },
    };
  });
}
