/** What a mutated bundle runs: a batch, up to its first failure. Prints the summary. */
import { runBatch } from '../batch.ts';
import { EVERYTHING } from '../batches.ts';

const summary = runBatch(EVERYTHING, (_, { differing }) => differing === 0);
console.log(JSON.stringify(summary));
