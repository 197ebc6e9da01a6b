import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BatchSummary } from '../batch.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** One that runs for so long cannot be told from one that survives, ms. */
const MOST_MS = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cotrial-mutant-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Changes one file on its way into the bundle. The file itself stays as it is. */
function mutate({ file, find, replace }: Mutation): Plugin {
  return {
    name: 'mutate',
    setup(bundle) {
      let loaded = false;
      bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== resolve(root, file)) return undefined;
        loaded = true;
        const parts = readFileSync(path, 'utf8').split(find);
        if (parts.length !== 2) {
          const text = `${parts.length - 1} times, not once, in ${file}: ${find}`;
          return { errors: [{ text }] };
        }
        return { contents: parts.join(replace), loader: 'ts' };
      });
      bundle.onEnd(() =>
        loaded ? undefined : { errors: [{ text: `${file} is not in the bundle` }] },
      );
    },
  };
}

async function runMutant(mutation: Mutation, index: number): Promise<BatchSummary> {
  const outfile = join(folder, `${index}.mjs`);
  await build({
    entryPoints: [join(root, 'core/simulator/mutations/run-mutant.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [mutate(mutation)],
    logLevel: 'silent',
  });
  const { stdout, stderr } = spawnSync(process.execPath, [outfile, mutation.batch ?? ''], {
    encoding: 'utf8',
    timeout: MOST_MS,
  });
  if (stdout === '') throw new Error(`the mutant said nothing: ${stderr}`);
  return JSON.parse(stdout) as BatchSummary;
}

// simulation.test.ts plays the same batches with the engine as it is, where nothing may fail.
it.each(MUTATIONS.map((mutation, index) => ({ ...mutation, mutation, index })))(
  'the simulation notices: $name',
  async ({ mutation, index }) => {
    const summary = await runMutant(mutation, index);
    expect(summary.differing, `survived ${summary.matches} matches`).toBe(1);
  },
);
