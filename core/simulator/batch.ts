import { simulate, type MatchReport } from './match.ts';
import { ALL_FAULTS, matchSeed, scenarioOf, type Faults } from './scenario.ts';

export interface Batch {
  matches: number;
  seed: number;
  /** Players in a match: from `fewest` to `most` in turn. */
  fewest: number;
  most: number;
  faults?: Faults;
}

/** Names are those of `npm run sim -- --json`. */
export interface BatchSummary {
  matches: number;
  /** Fewest and most, as "2-8". */
  players: string;
  frames: number;
  rollbacks: number;
  stalls: number;
  departures: number;
  /** Matches in which an invariant broke. */
  differing: number;
  first_failing_seed: number | null;
  first_failure: string | null;
}

/** Plays many matches. @param progress told after each */
export function runBatch(
  batch: Batch,
  progress: ((done: number, of: number) => void) | null = null,
): BatchSummary {
  const { matches, seed, fewest, most, faults = ALL_FAULTS } = batch;
  const summary = empty(fewest === most ? `${most}` : `${fewest}-${most}`);
  for (let i = 0; i < matches; i++) {
    const players = fewest + (i % (most - fewest + 1));
    add(summary, simulate(scenarioOf(matchSeed(seed, i, players), faults)));
    progress?.(i + 1, matches);
  }
  return summary;
}

/** One match again. */
export function replay(seed: number, faults: Faults = ALL_FAULTS): BatchSummary {
  const report = simulate(scenarioOf(seed, faults));
  const summary = empty(`${report.players}`);
  add(summary, report);
  return summary;
}

function empty(players: string): BatchSummary {
  return {
    matches: 0,
    players,
    frames: 0,
    rollbacks: 0,
    stalls: 0,
    departures: 0,
    differing: 0,
    first_failing_seed: null,
    first_failure: null,
  };
}

function add(summary: BatchSummary, report: MatchReport): void {
  summary.matches += 1;
  summary.frames += report.frames;
  summary.rollbacks += report.rollbacks;
  summary.stalls += report.stalls;
  summary.departures += report.departures;
  if (report.failure === null) return;
  summary.differing += 1;
  summary.first_failing_seed ??= report.seed;
  summary.first_failure ??= report.failure;
}
