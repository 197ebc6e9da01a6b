import type { Frame } from '../contract/index.ts';

/**
 * Which states are kept. A rollback to a frame whose state was not kept goes back to the newest
 * kept one below it, so fewer saves cost more steps. What must be kept whatever they cost (state 0,
 * the states after checked frames and after an episode's end) is not their affair.
 */
export interface SavePolicy {
  /** Whether the state at `frame`, which was just reached, is kept. */
  keeps(frame: Frame): boolean;
}

/** What the environment takes on this machine, ms. */
export interface MeasuredCosts {
  stepMs: number;
  saveMs: number;
}

/** Every state: a rollback steps no frame more than it must. */
export const saveEveryFrame: SavePolicy = { keeps: () => true };

/** Every n-th state: a rollback steps up to n - 1 frames more. */
export const saveEvery = (n: number): SavePolicy => ({ keeps: (frame) => frame % n === 0 });

/** Below, all states are kept: what fewer saves could gain is lost in the costs' own changes. */
const SPARSE_ABOVE_STEPS = 1.3;
/**
 * With a rollback of d frames on a share r of all ticks, keeping every n-th state costs
 * (1 + r d) save / n + r (n - 1) / 2 step a tick, which is least at n = sqrt(2 (1 + r d) / r) times
 * sqrt(save / step). Restless players 100 to 200 ms apart gave r = 0.35 and d = 2.
 */
const SPACING_FACTOR = 3;
/** Steps that a rollback may cost more, at worst: sparse saving must not be felt as a hitch. */
const MOST_SPACING = 8;

/** Every state, or fewer where saving is dearer than stepping. */
export function savePolicyFor(costs: MeasuredCosts | undefined): SavePolicy {
  const n = spacingFor(costs);
  return n === 1 ? saveEveryFrame : saveEvery(n);
}

/** Frames from one kept state to the next. */
export function spacingFor(costs: MeasuredCosts | undefined): number {
  // A clock that is too coarse measures zeros: nothing follows from them.
  if (costs === undefined || !(costs.stepMs > 0)) return 1;
  const ratio = costs.saveMs / costs.stepMs;
  if (!(ratio > SPARSE_ABOVE_STEPS)) return 1;
  return Math.min(MOST_SPACING, Math.round(SPACING_FACTOR * Math.sqrt(ratio)));
}
