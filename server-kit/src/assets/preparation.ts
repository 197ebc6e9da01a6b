/**
 * Files that a child process makes, once for each content: compiling Python's library takes ten
 * seconds. The result stays in the folder of temporary files, for later starts and for other
 * servers on the machine.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A making that is older was given up: its server was killed. */
const ABANDONED_MS = 10 * 60_000;
/** How often it is looked whether another server is done making the same. */
const LOOK_MS = 500;

/** Makes, or waits for, one folder of files. */
export class Preparation {
  /** The folder; null if it could not be made. */
  readonly made: Promise<string | null>;
  private child: ChildProcess | null = null;
  private wake: () => void = () => undefined;
  private closed = false;
  private making: string | null = null;

  /**
   * @param key stands for the arguments' content
   * @param program what the child runs (programs.ts), with `args` after the folders
   */
  constructor(
    key: string,
    private readonly program: string,
    private readonly args: readonly string[],
    private readonly failed: (reason: string) => void,
  ) {
    const version = createHash('sha256').update(program).digest('hex').slice(0, 8);
    this.made = this.make(`${key}-${version}`).catch((error: unknown) => {
      if (!this.closed) failed(String(error));
      return null;
    });
  }

  /** Gives up what is not ready yet. May be called twice. */
  async close(): Promise<void> {
    this.closed = true;
    this.child?.kill('SIGKILL');
    this.wake();
    await this.made;
    if (this.making !== null) await rm(this.making, { recursive: true, force: true });
  }

  private async make(name: string): Promise<string | null> {
    const root = await ownFolder();
    const made = join(root, name);
    const making = `${made}.making`;
    while (!existsSync(made)) {
      if (this.closed) return null;
      if (await claim(making)) {
        this.making = making;
        await this.run(making, made);
        this.making = null;
      } else {
        await this.pause();
      }
    }
    return made;
  }

  private run(making: string, made: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new Error('closed'));
        return;
      }
      const flags = ['--input-type=module', '-e', this.program];
      const child = spawn(process.execPath, [...flags, making, made, ...this.args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        windowsHide: true,
      });
      this.child = child;
      // Neither the child nor its words keep the server's process alive.
      child.unref();
      const errors = child.stderr as typeof child.stderr & { unref?: () => void };
      errors.unref?.();
      let said = '';
      errors.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
      child.once('error', reject);
      child.once('exit', (code) => {
        this.child = null;
        if (code === 0) resolve();
        else reject(new Error(said.trim() || `the child ended with ${code}`));
      });
    });
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** @returns whether the work is this process's: nobody does it, or who did has been killed */
async function claim(making: string): Promise<boolean> {
  try {
    await mkdir(making);
    return true;
  } catch {
    const begun = await stat(making).catch(() => null);
    if (begun === null || Date.now() - begun.mtimeMs < ABANDONED_MS) return false;
    await rm(making, { recursive: true, force: true });
    return false;
  }
}

/**
 * Where results stay. What lies there is served to participants, so nobody else on the machine may
 * write to it. @throws Error if somebody can
 */
async function ownFolder(): Promise<string> {
  const user = process.getuid?.();
  const folder = join(tmpdir(), `cotrial-pyodide-${user ?? 'user'}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(folder);
  if (user !== undefined && (uid !== user || (mode & 0o22) !== 0)) {
    throw new Error(`${folder} is open to other users of this machine: remove it.`);
  }
  return folder;
}
