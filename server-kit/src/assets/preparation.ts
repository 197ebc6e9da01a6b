/**
 * What a Pyodide folder is served with beside its own files: a standard library that need not be
 * compiled in every participant's browser (four fifths of Python's start), and large files packed
 * for the way there.
 *
 * A child process makes them, once for each Pyodide: compiling takes ten seconds, and only that
 * very Python can do it. The result stays in the folder of temporary files, for later starts and
 * for other servers on the machine.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const LIBRARY = 'python_stdlib.zip';
/** Large enough that packing shows; Pyodide 0.28's script ends in `.js`, later ones' in `.mjs`. */
export const PACKED_FILES = [
  LIBRARY,
  'pyodide.asm.wasm',
  'pyodide.asm.mjs',
  'pyodide.asm.js',
  'pyodide.mjs',
  'pyodide-lock.json',
];

/**
 * The child's program; it is text because it must run by itself, from sources and from the bundle.
 *
 * Byte code with an unchecked source hash (PEP 552) is taken as it is, whatever the files' times
 * say. Names of the code objects are those that sources would have got: tracebacks are the same.
 * The archive is not compressed, since it is packed as a whole on the way.
 */
const PROGRAM = `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [dir, making, made, library, ...files] = process.argv.slice(1);
setPriority(10);
const { loadPyodide } = await import(pathToFileURL(join(dir, 'pyodide.mjs')).href);
const pyodide = await loadPyodide({ indexURL: dir, env: { PYTHONHASHSEED: '0' } });
pyodide.FS.writeFile('/sources.zip', readFileSync(join(dir, library)));
pyodide.runPython(\`
import importlib._bootstrap_external, importlib.util, sys, zipfile
folder = next(path for path in sys.path if path.endswith(".zip"))
with zipfile.ZipFile("/sources.zip") as sources, zipfile.ZipFile("/compiled.zip", "w") as compiled:
    for entry in sources.infolist():
        name, content = entry.filename, sources.read(entry)
        if name.endswith(".py"):
            code = compile(content, f"{folder}/{name}", "exec", dont_inherit=True, optimize=0)
            source_hash = importlib.util.source_hash(content)
            content = bytes(importlib._bootstrap_external._code_to_hash_pyc(code, source_hash, False))
            name += "c"
        compiled.writestr(zipfile.ZipInfo(name), content)
\`);
writeFileSync(join(making, library), pyodide.FS.readFile('/compiled.zip'));
for (const name of files) {
  const source = join(name === library ? making : dir, name);
  if (!existsSync(source)) continue;
  const bytes = readFileSync(source);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(join(making, name + '.br'), brotliCompressSync(bytes, { params }));
  writeFileSync(join(making, name + '.gz'), gzipSync(bytes, { level: 9 }));
}
renameSync(making, made);
process.exit(0);
`;

/** A making that is older was given up: its server was killed. */
const ABANDONED_MS = 10 * 60_000;
/** How often it is looked whether another server is done making the same. */
const LOOK_MS = 500;

/** Makes, or waits for, what one Pyodide folder is served with. */
export class Preparation {
  /** Folder with the compiled library and `NAME.br`, `NAME.gz`; null if it could not be made. */
  readonly made: Promise<string | null>;
  private child: ChildProcess | null = null;
  private wake: () => void = () => undefined;
  private closed = false;
  private making: string | null = null;

  /** @param key stands for the content of `dir` */
  constructor(
    private readonly dir: string,
    key: string,
    private readonly failed: (reason: string) => void,
  ) {
    const program = createHash('sha256').update(PROGRAM).digest('hex').slice(0, 8);
    this.made = this.make(`${key}-${program}`).catch((error: unknown) => {
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
      const flags = ['--input-type=module', '-e', PROGRAM];
      const child = spawn(
        process.execPath,
        [...flags, this.dir, making, made, LIBRARY, ...PACKED_FILES],
        { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true },
      );
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
