/** An environment's file, loaded under Pyodide in Node as participants' browsers will load it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Environment } from '../../../core/src/environment/environment.ts';
import {
  EnvironmentError,
  loadEnvironmentInto,
  startPython,
} from '../../../core/src/environment/pyodide-environment.ts';
import type { LoadPyodide, Pyodide } from '../../../core/src/environment/pyodide.ts';
import { pyodidePackageFolder } from '../assets/router.ts';
import { CannotDo } from './exit.ts';

export interface EnvironmentFile {
  path: string;
  /** The file's stem. */
  name: string;
  source: string;
}

export interface PythonOptions {
  /** Folder of a Pyodide distribution; null for the environment variable's or the kit's own. */
  pyodide: string | null;
  /** Folder that `cotrial vendor` filled, or null. */
  wheels: string | null;
}

export interface LoadOptions {
  options: Record<string, unknown>;
  packages: string[];
  /** How many shall play, or null for as many as the environment has agents. */
  players: number | null;
}

export interface LoadedFile {
  environment: Environment;
  /** With `players` where the environment takes it. */
  options: Record<string, unknown>;
}

/** @throws CannotDo */
export function readEnvironmentFile(path: string): EnvironmentFile {
  const file = resolve(path);
  if (!existsSync(file)) throw new CannotDo(`${path} does not exist.`);
  if (!statSync(file).isFile() || !file.endsWith('.py')) {
    throw new CannotDo(`${path} is not a Python file (NAME.py).`);
  }
  const name = basename(file, '.py');
  // It becomes part of addresses and the name under which data are stored.
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw new CannotDo(`${basename(file)}: use letters, digits, "_", "-" and "." in its name.`);
  }
  return { path: file, name, source: readFileSync(file, 'utf8') };
}

/** @throws CannotDo if there is no Pyodide, or it does not start */
export async function startPythonInNode({ pyodide, wheels }: PythonOptions): Promise<Pyodide> {
  const folder = pyodideFolder(pyodide);
  if (wheels !== null && !existsSync(join(wheels, 'pyodide-lock.json'))) {
    throw new CannotDo(`${wheels} has no pyodide-lock.json: fill it with \`cotrial vendor\`.`);
  }
  try {
    const module = (await import(pathToFileURL(join(folder, 'pyodide.mjs')).href)) as {
      loadPyodide: LoadPyodide;
    };
    return await startPython({
      loadPyodide: module.loadPyodide,
      indexURL: folder,
      ...(wheels !== null && { lockFileURL: join(resolve(wheels), 'pyodide-lock.json') }),
    });
  } catch (cause) {
    throw new CannotDo(`Pyodide in ${folder} does not start: ${text(cause)}`, { cause });
  }
}

/** @throws CannotDo if the folder has no Pyodide */
export function pyodideFolder(given: string | null): string {
  const folder = resolve(given ?? (process.env.COTRIAL_PYODIDE_DIR || pyodidePackageFolder()));
  if (!existsSync(join(folder, 'pyodide.mjs'))) {
    throw new CannotDo(`${folder} has no pyodide.mjs: it is not the folder of a Pyodide.`);
  }
  return folder;
}

/**
 * Loads the environment for so many players: by its option `players`, if it takes one.
 *
 * @throws CannotDo with the reason and, for errors in the file, Python's traceback
 */
export async function loadFile(
  pyodide: Pyodide,
  file: EnvironmentFile,
  { options, packages, players }: LoadOptions,
): Promise<LoadedFile> {
  const load = async (given: Record<string, unknown>): Promise<LoadedFile> => {
    const source = {
      source: file.source,
      source_name: `${file.name}.py`,
      options: given,
      packages,
    };
    return { environment: await loadEnvironmentInto(pyodide, source), options: given };
  };
  try {
    if (players === null || 'players' in options) return agreed(await load(options), file, players);
    const chosen = await load({ ...options, players }).catch(() => null);
    return agreed(chosen ?? (await load(options)), file, players);
  } catch (cause) {
    if (!(cause instanceof EnvironmentError)) throw cause;
    const traceback = cause.traceback === '' ? '' : `\n${cause.traceback.trimEnd()}`;
    throw new CannotDo(`${file.name}.py cannot be loaded: ${cause.message}${traceback}`, { cause });
  }
}

function agreed(loaded: LoadedFile, file: EnvironmentFile, players: number | null): LoadedFile {
  const count = loaded.environment.description.agents.length;
  if (players === null || count === players) return loaded;
  throw new CannotDo(
    `${file.name}.py is for ${count} ${count === 1 ? 'player' : 'players'}, not ${players}. ` +
      'An environment for any number has a function make_env(players=2), or another option ' +
      'that you set by --option.',
  );
}

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
