/** The command-line tool as it is shipped: bundled, with its worker beside it, and importable. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Bundle {
  /** Path of a built file. */
  file: (name: string) => string;
  /** What a module of src/cli exports. */
  load: <Module>(name: string) => Promise<Module>;
  remove: () => void;
}

/** @param names modules of src/cli, without their ending */
export async function bundleCli(names: string[]): Promise<Bundle> {
  // Below node_modules, so that packages are found.
  const cache = join(root, 'node_modules', '.cache', 'cotrial');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'cli-'));
  await build({
    entryPoints: names.map((name) => join(root, 'server-kit', 'src', 'cli', `${name}.ts`)),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    external: ['cotrial:worker'],
    tsconfig: join(root, 'tsconfig.json'),
    loader: { '.py': 'text' },
    logLevel: 'warning',
  });
  const file = (name: string): string => join(folder, `${name}.js`);
  return {
    file,
    load: async <Module>(name: string) =>
      (await import(/* @vite-ignore */ pathToFileURL(file(name)).href)) as Module,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
