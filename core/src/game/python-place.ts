import type { LoadOptions } from './run.ts';

/** A Pyodide folder, as a worker loads it. */
export interface PythonFolder {
  /** Absolute, with a slash at its end. */
  url: string;
  /** Bytes, unpacked, of its files, by their names; empty where nobody says. */
  files: Record<string, number>;
}

const LOCATION_MS = 10_000;

/**
 * Asks once a page, so that everything that the page loads later has the same addresses: the
 * browser has kept them.
 */
const located = new Map<string, Promise<PythonFolder | null>>();

/**
 * The folder's own address, which has the hash of its content in it if the server kit serves it.
 * Where that cannot be had it is the address as it is given: loading will tell what is wrong.
 */
export async function locatePython({
  server,
  pyodide_url,
}: Pick<LoadOptions, 'server' | 'pyodide_url'>): Promise<PythonFolder> {
  if (pyodide_url !== null) return { url: absolute(pyodide_url), files: {} };
  const base = absolute(`${server.replace(/\/*$/, '/')}pyodide`);
  let asked = located.get(base);
  if (asked === undefined) {
    asked = ask(base).catch(() => null);
    located.set(base, asked);
  }
  const answer = await asked;
  if (answer !== null) return answer;
  located.delete(base);
  return { url: base, files: {} };
}

async function ask(base: string): Promise<PythonFolder> {
  const response = await fetch(`${base}location.json`, {
    signal: AbortSignal.timeout(LOCATION_MS),
  });
  const { folder, files } = (await response.json()) as { folder: unknown; files: unknown };
  if (typeof folder !== 'string' || typeof files !== 'object' || files === null) {
    throw new TypeError(`${base}location.json does not name a folder`);
  }
  const sizes = Object.entries(files).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  return { url: new URL(folder, base).href, files: Object.fromEntries(sizes) };
}

const absolute = (url: string): string => new URL(url.replace(/\/?$/, '/'), document.baseURI).href;
