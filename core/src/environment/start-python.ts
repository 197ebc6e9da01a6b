import { EnvironmentError } from './environment-error.ts';
import { withFetchProgress } from './fetch-progress.ts';
import type { LoadPyodide, Pyodide, PyodideSource } from './pyodide.ts';

/** Loads Pyodide as every peer must have it: the same hashes everywhere. @throws EnvironmentError */
export async function startPython(
  source: PyodideSource,
  report: (fraction: number) => void = () => undefined,
): Promise<Pyodide> {
  const { lockFileURL } = source;
  try {
    if (!('url' in source)) {
      const { loadPyodide, indexURL } = source;
      return await load(loadPyodide as LoadPyodide, indexURL, lockFileURL);
    }
    const url = source.url.replace(/\/?$/, '/');
    const sizes = new Map(
      Object.entries(source.files ?? {}).map(([name, bytes]) => [`${url}${name}`, bytes]),
    );
    return await withFetchProgress(sizes, report, async () =>
      load(await importPyodide(url), url, lockFileURL),
    );
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
