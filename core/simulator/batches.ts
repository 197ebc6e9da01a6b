import type { Batch } from './batch.ts';
import { NETWORK_ONLY } from './faults.ts';

/** Batches that the tests play. */
export const NETWORK: Batch = { matches: 500, seed: 1, fewest: 2, most: 3, faults: NETWORK_ONLY };
/** Must be clean, and must not be when the engine is mutated. */
export const EVERYTHING: Batch = { matches: 150, seed: 2, fewest: 2, most: 8 };
/** Small matches that end: by departures, and by machines that compute something else. Likewise. */
export const ENDINGS: Batch = {
  matches: 300,
  seed: 4,
  fewest: 2,
  most: 3,
  faults: new Set(['bursts', 'departures', 'corruption']),
};
