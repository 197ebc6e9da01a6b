/**
 * Which wheels a lab needs: found by micropip, running under the very Pyodide that will load them.
 * Packages that its distribution has (NumPy and the like, compiled for WebAssembly) come from the
 * distribution, all others from the package index.
 */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LockedPackage } from '../../../../core/src/environment/pyodide.ts';
import { CannotDo } from '../exit.ts';
import { keepingWheels, type FetchedWheel } from './fetched.ts';
import { download, findWheel, sha256Of } from './package-index.ts';

export interface LockFile {
  info: Record<string, string>;
  packages: Record<string, LockedPackage>;
}

export interface Wheel {
  name: string;
  version: string;
  file: string;
  sha256: string;
  /** Address, or the Pyodide folder that had it already. */
  from: string;
  bytes: Uint8Array;
}

export interface Resolution {
  pyodide: string;
  /** What found the others. */
  micropip: { version: string; from: string };
  /** Only what is in `wheels`, each beside the lock file. */
  lock: LockFile;
  wheels: Wheel[];
}

export interface ResolveOptions {
  /** As in `pip install`: names, with versions and extras if wanted. */
  requirements: string[];
  pyodideDir: string;
  /** Address of a package index; null for micropip's own. */
  index: string | null;
}

/** The part of Pyodide's interface that only this needs. */
interface Installer {
  version: string;
  lockfile: LockFile;
  loadPackage(
    names: string[],
    options: { messageCallback: () => void; errorCallback: (message: string) => void },
  ): Promise<unknown>;
  pyimport(name: string): unknown;
}

interface Micropip {
  install: { callKwargs(requirements: string[], options: object): Promise<unknown> };
  freeze(): string;
}

/** @throws CannotDo that names what cannot be had */
export async function resolvePackages(options: ResolveOptions): Promise<Resolution> {
  const cache = await mkdtemp(join(tmpdir(), 'cotrial-vendor-'));
  const fetched: FetchedWheel[] = [];
  try {
    await offerLocalWheels(options.pyodideDir, cache);
    return await keepingWheels(fetched, async () => {
      const python = await startInstaller(options.pyodideDir, cache);
      const own = await loadMicropip(python, options, cache);
      const lock = await install(python, options, fetched);
      // Loaded in place of the distribution's, of which the lock file still tells.
      for (const { name, ...entry } of own.wheels) Object.assign(lock.packages[name]!, entry);
      const { wheels, kept } = gather(lock, options, fetched);
      const { version } = lock.packages['micropip']!;
      const micropip = { version, from: own.from };
      return { pyodide: python.version, micropip, lock: kept, wheels };
    });
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

/** Pyodide looks for packages in its cache first; what its own folder has need not be fetched. */
async function offerLocalWheels(pyodideDir: string, cache: string): Promise<void> {
  for (const name of await readdir(pyodideDir)) {
    if (!name.endsWith('.whl')) continue;
    const source = join(pyodideDir, name);
    await symlink(source, join(cache, name)).catch(() => copyFile(source, join(cache, name)));
  }
}

async function startInstaller(pyodideDir: string, cache: string): Promise<Installer> {
  const module = (await import(pathToFileURL(join(pyodideDir, 'pyodide.mjs')).href)) as {
    loadPyodide: (options: object) => Promise<Installer>;
  };
  // Standard output is for what was vendored.
  const quiet = { stdout: () => undefined, stderr: () => undefined };
  return module.loadPyodide({ indexURL: pyodideDir, packageCacheDir: cache, ...quiet });
}

/**
 * micropip in the version that this Pyodide was released with: from Pyodide's folder, else from the
 * index that was given, else from the distribution's own address.
 */
async function loadMicropip(
  python: Installer,
  { index, pyodideDir }: ResolveOptions,
  cache: string,
): Promise<{ from: string; wheels: Bootstrap[] }> {
  const { packages } = python.lockfile;
  const own = packages['micropip'];
  if (own === undefined) throw new CannotDo('This Pyodide’s lock file does not name micropip.');
  const local = existsSync(join(cache, own.file_name));
  if (local || index === null) {
    await load(python, ['micropip'], index === null ? HOW_WITHOUT_DISTRIBUTION : '');
    return { from: local ? pyodideDir : 'the distribution', wheels: [] };
  }
  const wheels: Bootstrap[] = [];
  let from = '';
  for (const name of [...own.depends, 'micropip']) {
    const wheel = await findWheel(index, name, packages[name]?.version ?? '');
    const bytes = await download(wheel);
    await writeFile(join(cache, wheel.filename), bytes);
    const version = wheel.filename.split('-')[1]!;
    wheels.push({ name, version, file_name: wheel.filename, sha256: sha256Of(bytes) });
    from = withoutSecrets(wheel.url);
  }
  const files = wheels.map(({ file_name }) => join(cache, file_name));
  await load(python, files, '');
  return { from, wheels };
}

/** A wheel of micropip and what it needs. */
type Bootstrap = Pick<LockedPackage, 'name' | 'version' | 'file_name' | 'sha256'>;

const HOW_WITHOUT_DISTRIBUTION =
  ' Give the address of your package index with --index-url or in PIP_INDEX_URL.';

async function load(python: Installer, packages: string[], remedy: string): Promise<void> {
  const complaints: string[] = [];
  await python.loadPackage(packages, {
    messageCallback: () => undefined,
    errorCallback: (message) => complaints.push(message),
  });
  if (complaints.length > 0) {
    throw new CannotDo(`micropip cannot be had: ${complaints.at(-1)}.${remedy}`);
  }
}

async function install(
  python: Installer,
  { requirements, index }: ResolveOptions,
  fetched: FetchedWheel[],
): Promise<LockFile> {
  const micropip = python.pyimport('micropip') as Micropip;
  try {
    await micropip.install.callKwargs(requirements, {
      keep_going: true,
      ...(index !== null && { index_urls: index }),
    });
  } catch (cause) {
    throw new CannotDo(refusal(lastLineOf(cause), fetched), { cause });
  }
  return JSON.parse(micropip.freeze()) as LockFile;
}

/** Python's error without its traceback: the last exception and what it says. */
function lastLineOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const starts = [...text.matchAll(/^(?:\w+\.)*\w*(?:Error|Exception): /gm)];
  const last = starts.at(-1);
  const said = last === undefined ? text : text.slice(last.index + last[0].length);
  return said.split('\nSee: ')[0]!.trim();
}

/** micropip does not say whose hash is wrong. */
function refusal(said: string, fetched: FetchedWheel[]): string {
  const got = /^Invalid checksum: .*got ([0-9a-f]{64})/.exec(said)?.[1];
  const wheel = fetched.find(({ sha256 }) => sha256 === got);
  return wheel === undefined ? said : `${wheel.file} is not what the index promises: ${said}`;
}

/** The wheels of what was asked for and of all that it needs, each with the hash of the lock. */
function gather(
  lock: LockFile,
  { requirements, pyodideDir }: ResolveOptions,
  fetched: FetchedWheel[],
): { wheels: Wheel[]; kept: LockFile } {
  const wheels: Wheel[] = [];
  const kept: LockFile = { info: lock.info, packages: {} };
  const asked = requirements.map(nameOf);
  const unknown = asked.find((name) => lock.packages[name] === undefined);
  if (unknown !== undefined) throw new CannotDo(`${unknown} was not installed: give its name.`);
  for (const key of closure(lock, asked)) {
    const entry = lock.packages[key]!;
    const file = entry.file_name.split('/').at(-1)!;
    const { bytes, from } = contentOf(decodeURIComponent(file), pyodideDir, fetched);
    const found = sha256Of(bytes);
    if (found !== entry.sha256) {
      throw new CannotDo(
        `${file} is not what the lock file promises: its SHA-256 is ${found}, not ${entry.sha256}.`,
      );
    }
    const { name, version, sha256 } = entry;
    wheels.push({ name, version, file: decodeURIComponent(file), sha256, from, bytes });
    kept.packages[key] = { ...entry, file_name: decodeURIComponent(file) };
  }
  return { wheels, kept };
}

function closure(lock: LockFile, names: string[]): string[] {
  const keys = new Set<string>();
  const add = (name: string): void => {
    const key = normalName(name);
    const entry = lock.packages[key];
    // A dependency that micropip did not need here (another platform's) is none.
    if (entry === undefined || keys.has(key)) return;
    keys.add(key);
    entry.depends.forEach(add);
  };
  names.forEach(add);
  return [...keys].sort();
}

function contentOf(
  file: string,
  pyodideDir: string,
  fetched: FetchedWheel[],
): { bytes: Uint8Array; from: string } {
  const wheel = fetched.find((candidate) => candidate.file === file);
  if (wheel !== undefined) return { bytes: wheel.bytes, from: withoutSecrets(wheel.url) };
  const local = join(pyodideDir, file);
  if (existsSync(local)) return { bytes: readFileSync(local), from: pyodideDir };
  throw new CannotDo(
    `${file} is a package of the Pyodide distribution, whose address cannot be reached from here: ` +
      'put the file into Pyodide’s folder (--pyodide DIR), or run this where it can be reached.',
  );
}

/** Addresses are printed and kept; a password in them is not. */
function withoutSecrets(url: string): string {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  address.search = '';
  return address.href;
}

/** `Foo.Bar[extra]>=1.2` is foo-bar. */
const nameOf = (requirement: string): string =>
  normalName(/^[\w.-]+/.exec(requirement.trim())?.[0] ?? requirement);
const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
