import { ALL_FAULTS, FAULTS, type Faults } from './faults.ts';
import { Random } from './random.ts';

/**
 * A match's seed tells everything about it, so that it is enough to play it again: the number of
 * players is its remainder by 15, and the faults left out are the bits above the 31st. A seed with
 * all faults is below 2³¹.
 */
export interface SeedParts {
  /** The part that does not depend on the faults. */
  base: number;
  players: number;
  faults: Faults;
}

export const MOST_PLAYERS = 16;
const COUNTS = MOST_PLAYERS - 1;
const FAULT_UNIT = 2 ** 31;
/** Seeds from here on stand for no match. */
export const SEED_END = FAULT_UNIT * 2 ** FAULTS.length;

/** The seed of match number `index` of a batch. */
export function matchSeed(
  batch: number,
  index: number,
  players: number,
  faults: Faults = ALL_FAULTS,
): number {
  const random = new Random(Math.imul(batch + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const drawn = random.u32() >>> 1;
  const base = Math.max(0, drawn - (drawn % COUNTS) - COUNTS) + (players - 2);
  const missing = FAULTS.reduce((bits, fault, i) => bits + (faults.has(fault) ? 0 : 2 ** i), 0);
  return missing * FAULT_UNIT + base;
}

export function seedParts(seed: number): SeedParts {
  const missing = Math.floor(seed / FAULT_UNIT);
  const base = seed % FAULT_UNIT;
  return {
    base,
    players: 2 + (base % COUNTS),
    faults: new Set(FAULTS.filter((_, i) => ((missing >> i) & 1) === 0)),
  };
}
