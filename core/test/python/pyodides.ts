/** The Pyodides that are tried: the newest, and by COTRIAL_TEST_PYODIDE=oldest the oldest (PY-11). */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadPyodide as newest } from 'pyodide';
import { loadPyodide as oldest } from 'pyodide-oldest';
import type { PyodideSource } from '../../src/environment/pyodide.ts';

export const PYODIDES = { newest, oldest };

/** What the files of tests run on. */
export const loadPyodide = process.env['COTRIAL_TEST_PYODIDE'] === 'oldest' ? oldest : newest;

/** A Pyodide with NumPy, which the npm package lacks, from the folder that the lab names. */
export function pyodideWithNumpy(): PyodideSource | null {
  const folder = process.env['COTRIAL_PYODIDE_DIR'];
  if (folder === undefined || !existsSync(folder)) return null;
  if (!readdirSync(folder).some((name) => /^numpy-.*\.whl$/.test(name))) return null;
  return { url: new URL(`file://${join(folder, '/')}`).href };
}
