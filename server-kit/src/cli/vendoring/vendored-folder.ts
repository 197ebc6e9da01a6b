import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCK_FILE } from '../../assets/packages-folder.ts';
import { CannotDo } from '../exit.ts';
import type { Resolution } from './resolve.ts';

/** `vendored.json`: what lies in the folder, and where every file came from. */
export interface Vendored {
  pyodide: string;
  requested: string[];
  /** The package index that was given, or null for micropip's own. */
  index: string | null;
  micropip: { version: string; from: string };
  packages: { name: string; version: string; file: string; sha256: string; from: string }[];
}

const RECORD = 'vendored.json';

/** @throws CannotDo for a folder with other things in it */
export async function refuseForeignFolder(out: string): Promise<void> {
  if (!existsSync(out) || existsSync(join(out, RECORD))) return;
  if ((await readdir(out)).length > 0) {
    throw new CannotDo(`${out} has other files in it: name an empty folder with --out.`);
  }
}

/** Puts the wheels, their lock file and `vendored.json` in place of what was vendored earlier. */
export async function writeVendored(
  out: string,
  { lock, wheels }: Resolution,
  record: Vendored,
): Promise<void> {
  await mkdir(out, { recursive: true });
  const files = new Set(wheels.map(({ file }) => file));
  for (const old of await filesOf(out)) {
    if (!files.has(old)) await rm(join(out, old), { force: true });
  }
  for (const { file, bytes } of wheels) await writeFile(join(out, file), bytes);
  await writeFile(join(out, LOCK_FILE), `${JSON.stringify(lock, null, 1)}\n`);
  await writeFile(join(out, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

/** Wheels of an earlier time. */
async function filesOf(out: string): Promise<string[]> {
  const path = join(out, RECORD);
  if (!existsSync(path)) return [];
  const { packages } = JSON.parse(await readFile(path, 'utf8')) as Vendored;
  return packages.map(({ file }) => file).filter((file) => !/[/\\]/.test(file));
}
