import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that `cotrial vendor` put into a folder, with the lock file that names them. */
export interface PackagesFolder {
  dir: string;
  /** Stands for all content, since the lock file has the hash of every file. */
  key: string;
  lockBytes: number;
  /** Names of the lock file and of the files that it names. */
  files: ReadonlySet<string>;
}

export const LOCK_FILE = 'pyodide-lock.json';

/** The folder cannot be served: no lock file, a file lost, or made for another Pyodide. */
export class PackagesFolderError extends Error {
  override readonly name = 'PackagesFolderError';
}

interface Lock {
  info: { abi_version: string; python: string };
  packages: Record<string, { file_name: string }>;
}

/**
 * @param pyodideDir the Pyodide that the packages shall run in
 * @throws PackagesFolderError that says what to do
 */
export function readPackagesFolder(dir: string, pyodideDir: string): PackagesFolder {
  const refuse = (reason: string, options?: ErrorOptions): PackagesFolderError => {
    const remedy = `Fill the folder with \`cotrial vendor NAME... --out ${dir}\`.`;
    return new PackagesFolderError(`${dir}: ${reason} ${remedy}`, options);
  };
  let text: string;
  let lock: Lock;
  try {
    text = readFileSync(join(dir, LOCK_FILE), 'utf8');
    lock = JSON.parse(text) as Lock;
  } catch (cause) {
    throw refuse(`its ${LOCK_FILE} cannot be read.`, { cause });
  }
  const own = abiOf(pyodideDir);
  if (own !== null && own !== lock.info.abi_version) {
    throw refuse(`it is for Pyodide's ABI ${lock.info.abi_version}, and Pyodide's is ${own}.`);
  }
  const files = Object.values(lock.packages).map(({ file_name }) => file_name);
  const lost = files.find((file) => !/^[^/\\:]+$/.test(file) || !existsSync(join(dir, file)));
  if (lost !== undefined) throw refuse(`${lost} is not there.`);
  return {
    dir,
    key: createHash('sha256').update(text).digest('hex').slice(0, 16),
    lockBytes: Buffer.byteLength(text),
    files: new Set([LOCK_FILE, ...files]),
  };
}

function abiOf(pyodideDir: string): string | null {
  const path = join(pyodideDir, LOCK_FILE);
  if (!existsSync(path)) return null;
  return (JSON.parse(readFileSync(path, 'utf8')) as Lock).info.abi_version;
}
