import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const RESEARCHER_KEY = 'researcher-key-of-the-tests';

export interface Playground {
  url: string;
  /** Everything that the server printed. */
  output(): string;
  /** Exit status, or null if it had to be killed. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a server program of the repository as its user would, on a free port, with an own database. */
export async function startServer(
  script = 'demos/playground/server.mjs',
  env: Record<string, string> = {},
  args: string[] = [],
): Promise<Playground> {
  const data = mkdtempSync(join(tmpdir(), 'cotrial-e2e-'));
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: {
      ...process.env,
      PORT: '0',
      COTRIAL_DATA: join(data, 'cotrial.sqlite'),
      COTRIAL_RESEARCHER_KEY: RESEARCHER_KEY,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const ready = /Cotrial is ready at (http:\S+)/.exec(output);
      if (ready) resolve(ready[1]!.replace(/\/$/, ''));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}:\n${output}`)));
  });
  return {
    url,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      await end(child, signal);
      rmSync(data, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
