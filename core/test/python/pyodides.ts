/** The Pyodides that are tried: the newest, and by COTRIAL_TEST_PYODIDE=oldest the oldest (PY-11). */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadPyodide as newest } from 'pyodide';
import { loadPyodide as oldest } from 'pyodide-oldest';
import type { PyodideSource } from '../../src/environment/pyodide.ts';

export const PYODIDES = { newest, oldest };

/** What the files of tests run on. */
export const loadPyodide = process.env['COTRIAL_TEST_PYODIDE'] === 'oldest' ? oldest : newest;

/**
 * A Pyodide with NumPy, which the npm package lacks, from the folder that the lab names; also with
 * other packages that `cotrial vendor` fetched, once its wheels and lock file are copied there.
 */
export async function pyodideWithNumpy(): Promise<(PyodideSource & Packages) | null> {
  const folder = resolve(process.env['COTRIAL_PYODIDE_DIR'] ?? 'none');
  if (!existsSync(join(folder, 'pyodide-lock.json'))) return null;
  const lock = JSON.parse(readFileSync(join(folder, 'pyodide-lock.json'), 'utf8')) as {
    packages: Record<string, { file_name: string }>;
  };
  const packages = Object.keys(lock.packages).filter((name) =>
    existsSync(join(folder, lock.packages[name]!.file_name)),
  );
  if (!packages.includes('numpy')) return null;
  const program = pathToFileURL(join(folder, 'pyodide.mjs')).href;
  const { loadPyodide } = (await import(program)) as {
    loadPyodide: (options: never) => Promise<unknown>;
  };
  // In Node, Pyodide takes a path for its folder, not an address.
  return { loadPyodide, indexURL: folder, packages };
}

interface Packages {
  packages: string[];
}
