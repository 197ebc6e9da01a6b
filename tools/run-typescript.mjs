import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './setup.mjs';

/**
 * Runs a TypeScript program of the repository: bundles our own files, leaves packages to Node.
 *
 * @returns exit status
 */
export async function runTypeScript(entry, args) {
  const folder = join(root, 'node_modules', '.cache', 'cotrial');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    tsconfig: join(root, 'tsconfig.json'),
    loader: { '.py': 'text' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const flags = ['--enable-source-maps', '--expose-gc'];
  const { status } = spawnSync(process.execPath, [...flags, outfile, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status ?? 1;
}
