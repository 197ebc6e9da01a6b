import { parseArgs } from 'node:util';
import { runBatch, type BatchSummary } from './batch.ts';
import { reasonOf } from './failure.ts';
import { fuzzDecoder, fuzzSessions } from './fuzz.ts';
import { tell } from './tell.ts';

const HELP = `npm run soak -- [--minutes N] [--seed N]

Plays matches of fresh seeds, 2 to 8 players with all faults, and gives altered packets to decoder
and sessions, for so long (10 minutes unless told). One JSON object at the end.

Exit status: 0 nothing found, 1 something failed, 2 wrong usage.
`;

/** One round: some seconds. */
const MATCHES = 100;
const DECODED = 50_000;
const RECEIVED = 50_000;

const COUNTS = ['matches', 'frames', 'rollbacks', 'stalls', 'departures', 'differing'] as const;

interface SoakSummary extends BatchSummary {
  seed: number;
  minutes: number;
  packets_decoded: number;
  packets_received: number;
  fuzz_failure: string | null;
}

/** Runs the tool. @returns the exit status */
export function main(args: string[]): number {
  let values;
  try {
    const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
    values = parseArgs({ args, options }).values;
  } catch {
    values = { minutes: 'NaN' };
  }
  const minutes = Number(values.minutes ?? 10);
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  if (!(minutes > 0) || !Number.isSafeInteger(seed) || seed < 0) {
    process.stderr.write(HELP);
    return 2;
  }
  const summary = soak(minutes, seed);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (summary.first_failing_seed !== null) process.stderr.write(tell(summary.first_failing_seed));
  return summary.differing === 0 && summary.fuzz_failure === null ? 0 : 1;
}

function soak(minutes: number, seed: number): SoakSummary {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 60_000;
  const total: SoakSummary = {
    ...runBatch({ matches: 0, seed, fewest: 2, most: 8 }),
    seed,
    minutes: 0,
    packets_decoded: 0,
    packets_received: 0,
    fuzz_failure: null,
  };
  for (let round = 0; elapsed() < minutes; round++) {
    const batch = { matches: MATCHES, seed: seed + round, fewest: 2, most: 8 };
    const part = runBatch(batch, () => elapsed() < minutes);
    for (const name of COUNTS) total[name] += part[name];
    total.first_failing_seed ??= part.first_failing_seed;
    total.first_failure ??= part.first_failure;
    try {
      fuzzDecoder(DECODED, seed + round);
      fuzzSessions(RECEIVED, seed + round);
    } catch (error) {
      total.fuzz_failure ??= `seed ${seed + round}: ${reasonOf(error)}`;
    }
    total.packets_decoded += DECODED;
    total.packets_received += RECEIVED;
  }
  total.minutes = Number(elapsed().toFixed(2));
  return total;
}
