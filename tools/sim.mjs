/** `npm run sim`: bundles the simulator and runs it (core/simulator/cli.ts says what it takes). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = await mkdtemp(join(tmpdir(), 'cotrial-sim-'));
const bundle = join(folder, 'sim.mjs');
try {
  await build({
    entryPoints: [fileURLToPath(new URL('../core/simulator/cli.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(bundle).href);
  process.exitCode = main(process.argv.slice(2));
} finally {
  await rm(folder, { recursive: true, force: true });
}
