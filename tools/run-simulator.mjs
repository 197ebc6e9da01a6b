import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles a program of core/simulator and runs its `main` with the arguments of this process.
 *
 * @returns exit status
 */
export async function runSimulator(program) {
  const folder = await mkdtemp(join(tmpdir(), 'cotrial-sim-'));
  const bundle = join(folder, 'program.mjs');
  try {
    await build({
      entryPoints: [fileURLToPath(new URL(`../core/simulator/${program}`, import.meta.url))],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      sourcemap: 'inline',
      logLevel: 'warning',
    });
    const { main } = await import(pathToFileURL(bundle).href);
    return main(process.argv.slice(2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
