/** Python packages beyond the standard library, by the names of a Pyodide lock file. */
import { EnvironmentError } from './environment-error.ts';
import type { Pyodide } from './pyodide.ts';

/** Pyodide tells of a package that it could not load only here, and goes on without it. */
const FAILED = 'The following error occurred while loading ';

/**
 * Loads packages with all that they depend on. In browsers Pyodide compares every file with the
 * hash of the lock file.
 *
 * @returns every package loaded, with its hash, sorted: what peers must have alike
 * @throws EnvironmentError that names the packages that failed, and why
 */
export async function loadPackages(pyodide: Pyodide, names: string[]): Promise<string[]> {
  const complaints: string[] = [];
  try {
    await pyodide.loadPackage(names, {
      messageCallback: () => undefined,
      errorCallback: (message) => complaints.push(message),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failure(names, `${reason}${remedy(reason)}`, { cause });
  }
  const failed = complaints.findIndex((complaint) => complaint.startsWith(FAILED));
  if (failed >= 0) {
    const name = complaints[failed]!.slice(FAILED.length).replace(/:$/, '');
    throw failure([name], complaints[failed + 1] ?? 'no reason was given');
  }
  return withHashes(pyodide, names);
}

const failure = (names: string[], reason: string, options?: ErrorOptions): EnvironmentError =>
  new EnvironmentError(
    'packages',
    `the ${names.length > 1 ? 'packages' : 'package'} ${names.join(', ')} did not load: ${reason}`,
    '',
    options,
  );

const remedy = (reason: string): string =>
  reason.startsWith('No known package')
    ? '. The server has no such package: fetch it once, in the lab, with `cotrial vendor NAME`'
    : '';

function withHashes(pyodide: Pyodide, names: string[]): string[] {
  const { packages } = pyodide.lockfile;
  const found = new Map<string, string>();
  const add = (name: string): void => {
    const entry = packages[normalName(name)];
    if (entry === undefined || found.has(entry.name)) return;
    found.set(entry.name, entry.sha256);
    for (const dependency of entry.depends) add(dependency);
  };
  for (const name of names) add(name);
  return [...found].map(([name, sha256]) => `${name} ${sha256}`).sort();
}

/** As Python's package index normalises names, and as lock files name their entries. */
const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
