import { isCompiledAdapter } from '../contract/index.ts';
import { installAdapter, ownCompiledName } from './adapter.ts';
import { EnvironmentError } from './environment-error.ts';
import { withFetchProgress } from './fetch-progress.ts';
import type { LoadPyodide, Pyodide, PyodideSource } from './pyodide.ts';

/** What `pyodide.mjs` imports; Pyodide 0.28 has it with the ending `.js`. */
const ENGINE_SCRIPT = /^pyodide\.asm\.m?js$/;

/**
 * Loads Pyodide as every peer must have it: the same hashes everywhere, and the adapter in it.
 *
 * @throws EnvironmentError
 */
export async function startPython(
  source: PyodideSource,
  report: (fraction: number) => void = () => undefined,
): Promise<Pyodide> {
  const { lockFileURL } = source;
  try {
    if (!('url' in source)) {
      const { loadPyodide, indexURL } = source;
      const pyodide = await load(loadPyodide as LoadPyodide, indexURL, lockFileURL);
      installAdapter(pyodide, null);
      return pyodide;
    }
    const url = source.url.replace(/\/?$/, '/');
    const names = Object.keys(source.files ?? {}).filter(isCompiledAdapter);
    const compiledName = names.length === 0 ? null : names.find((n) => n === ownCompiledName());
    const sizes = new Map(
      Object.entries(source.files ?? {})
        .filter(([name]) => name === compiledName || !names.includes(name))
        .map(([name, bytes]) => [`${url}${name}`, bytes]),
    );
    return await withFetchProgress(sizes, report, async () => {
      const compiled = compiledName == null ? null : fetchBytes(`${url}${compiledName}`);
      const script = Object.keys(source.files ?? {}).find((name) => ENGINE_SCRIPT.test(name));
      // Asked for beside the script that would ask for it. What fails, fails again there.
      if (script !== undefined) import(/* @vite-ignore */ `${url}${script}`).catch(() => undefined);
      const pyodide = await load(await importPyodide(url), url, lockFileURL);
      installAdapter(pyodide, await compiled);
      return pyodide;
    });
  } catch (cause) {
    const from = 'url' in source ? ` from ${source.url}` : '';
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError('python', `Pyodide did not load${from}: ${message}`, '', { cause });
  }
}

/** Options that are not given are left out: Pyodide takes `undefined` for a value. */
function load(
  loadPyodide: LoadPyodide,
  indexURL: string | undefined,
  lockFileURL: string | undefined,
): Promise<Pyodide> {
  return loadPyodide({
    ...(indexURL === undefined ? {} : { indexURL }),
    ...(lockFileURL === undefined ? {} : { lockFileURL }),
    env: { PYTHONHASHSEED: '0' },
  });
}

async function importPyodide(url: string): Promise<LoadPyodide> {
  const module = (await import(/* @vite-ignore */ `${url}pyodide.mjs`)) as {
    loadPyodide: LoadPyodide;
  };
  return module.loadPyodide;
}

/** Null where it cannot be had: it is only quicker with it. */
async function fetchBytes(address: string): Promise<Uint8Array | null> {
  try {
    const response = await fetch(address);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
  } catch {
    return null;
  }
}
