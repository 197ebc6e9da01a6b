import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let count = 0;

export interface Child {
  process: ChildProcessByStdio<null, Readable, null>;
  /** Resolves with the match once the child has printed it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Removes what was built for it. */
  remove(): void;
}

/** Runs one of our TypeScript files in a process of its own. */
export async function runChild(path: string, env: NodeJS.ProcessEnv = {}): Promise<Child> {
  // Beside the sources, so that the packages are found.
  const outfile = here(`./.child-${process.pid}-${count++}.mjs`);
  await build({
    entryPoints: [here(path)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: {
      '@cotrial/server-kit': here('../src/index.ts'),
      '@cotrial/core/contract': here('../../core/src/contract/index.ts'),
    },
  });
  const child = spawn(process.execPath, [outfile], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  return {
    process: child,
    printed: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = pattern.exec(text);
          if (found !== null) resolve(found);
        };
        child.stdout.on('data', look);
        look();
      }),
    remove: () => rmSync(outfile, { force: true }),
  };
}
