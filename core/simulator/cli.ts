import { parseArgs } from 'node:util';
import { replay, runBatch, type BatchSummary } from './batch.ts';

const HELP = `npm run sim -- [options]

  --matches N      matches to play (500)
  --seed N         seed of the batch (1)
  --players A-B    players in a match, 2 to 16 (2-8)
  --replay SEED    play one match again, by the seed that a batch named
  --json           one JSON object instead of text

Exit status: 0 all records equal, 1 something differed, 2 wrong usage.
`;

/** Runs the tool. @returns the exit status */
export function main(args: string[]): number {
  let values;
  try {
    values = parseArgs({
      args,
      options: {
        matches: { type: 'string', default: '500' },
        seed: { type: 'string', default: '1' },
        players: { type: 'string', default: '2-8' },
        replay: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
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
  const one = values.replay === undefined ? 0 : Number(values.replay);
  const good = fewest >= 2 && most <= 16 && fewest <= most && [matches, seed, one].every(isCount);
  if (!good) {
    process.stderr.write(HELP);
    return 2;
  }
  const summary =
    values.replay === undefined
      ? runBatch({ matches, seed, fewest, most }, values.json ? null : showProgress)
      : replay(one);
  if (values.json) {
    const figures: Partial<BatchSummary> = { ...summary };
    delete figures.first_failure;
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } else {
    for (const [name, value] of Object.entries(summary)) {
      process.stdout.write(`${name.padEnd(20)} ${value ?? 'none'}\n`);
    }
  }
  return summary.differing === 0 ? 0 : 1;
}

const isCount = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY && (done % 10 === 0 || done === of)) {
    process.stderr.write(`\r${done} of ${of} matches${done === of ? '\n' : ''}`);
  }
}
