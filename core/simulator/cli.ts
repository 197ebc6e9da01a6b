import { parseArgs } from 'node:util';
import { replay, runBatch, type BatchSummary } from './batch.ts';
import { FAULTS, parseFaults } from './faults.ts';
import { ProgressBar } from './progress-bar.ts';
import { MOST_PLAYERS, SEED_END } from './seed.ts';
import { tell } from './tell.ts';

const HELP = `npm run sim -- [options]

  --matches N      matches to play (500)
  --seed N         seed of the batch (1)
  --players A-B    players in a match, 2 to ${MOST_PLAYERS} (2-8)
  --faults LIST    what may go wrong: all, network (delay, jitter, loss, doubled packets only), or
                   names with commas between them (all):
                   ${FAULTS.join(', ')}
  --replay SEED    play one match again, by the seed that any batch named
  --json           one JSON object instead of text

When something differs, the first such match is made as small as possible while it still fails, and
told step by step.

Exit status: 0 all records equal, 1 something differed, 2 wrong usage.
`;

const OPTIONS = {
  matches: { type: 'string', default: '500' },
  seed: { type: 'string', default: '1' },
  players: { type: 'string', default: '2-8' },
  faults: { type: 'string', default: 'all' },
  replay: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Runs the tool. @returns the exit status */
export function main(args: string[]): number {
  let values;
  try {
    values = parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const range = /^(\d+)(?:-(\d+))?$/.exec(values.players);
  const fewest = Number(range?.[1]);
  const most = Number(range?.[2] ?? range?.[1]);
  const matches = Number(values.matches);
  const seed = Number(values.seed);
  const faults = parseFaults(values.faults);
  const one = values.replay === undefined ? null : Number(values.replay);
  const good =
    fewest >= 2 &&
    most <= MOST_PLAYERS &&
    fewest <= most &&
    [matches, seed, one ?? 0].every((n) => Number.isSafeInteger(n) && n >= 0) &&
    (one ?? 0) < SEED_END;
  if (!good || faults === null) {
    process.stderr.write(HELP);
    return 2;
  }
  const bar = new ProgressBar(process.stderr, matches);
  const summary =
    one === null
      ? runBatch({ matches, seed, fewest, most, faults }, (done) => bar.show(done))
      : replay(one);
  bar.end();
  report(summary, values.json);
  return summary.differing === 0 ? 0 : 1;
}

function report(summary: BatchSummary, json: boolean): void {
  if (json) {
    const figures: Partial<BatchSummary> = { ...summary };
    delete figures.first_failure;
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return;
  }
  for (const [name, value] of Object.entries(summary)) {
    process.stdout.write(`${name.padEnd(20)} ${value ?? 'none'}\n`);
  }
  const failing = summary.first_failing_seed;
  if (failing === null) return;
  process.stdout.write(`\nnpm run sim -- --replay ${failing} repeats it.\n\n${tell(failing)}`);
}
