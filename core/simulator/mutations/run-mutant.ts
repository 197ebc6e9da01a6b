/** What a mutated bundle runs: a batch, named by its argument, up to its first failure. */
import { runBatch } from '../batch.ts';
import { ENDINGS, EVERYTHING } from '../batches.ts';

const batch = process.argv[2] === 'ENDINGS' ? ENDINGS : EVERYTHING;
const summary = runBatch(batch, (_, { differing }) => differing === 0);
console.log(JSON.stringify(summary));
