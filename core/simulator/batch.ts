import { scenarioOf } from './draw-scenario.ts';
import { ALL_FAULTS, type Faults } from './faults.ts';
import { simulate, type MatchReport } from './match.ts';
import { matchSeed } from './seed.ts';

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

/** Plays many matches. @param goesOn told after each how many are done; false ends the batch */
export function runBatch(
  batch: Batch,
  goesOn: (done: number, summary: BatchSummary) => boolean = () => true,
): BatchSummary {
  const { matches, seed, fewest, most, faults = ALL_FAULTS } = batch;
  const summary = emptySummary(fewest === most ? `${most}` : `${fewest}-${most}`);
  for (let i = 0; i < matches; i++) {
    const players = fewest + (i % (most - fewest + 1));
    add(summary, simulate(scenarioOf(matchSeed(seed, i, players, faults))));
    if (!goesOn(i + 1, summary)) break;
  }
  return summary;
}

/** The match of any batch again, by its seed. */
export function replay(seed: number): BatchSummary {
  const report = simulate(scenarioOf(seed));
  const summary = emptySummary(`${report.players}`);
  add(summary, report);
  return summary;
}

function emptySummary(players: string): BatchSummary {
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
