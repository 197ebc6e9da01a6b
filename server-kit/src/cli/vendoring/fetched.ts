import { sha256Of } from './package-index.ts';

/** A wheel that came from the network, as it came. */
export interface FetchedWheel {
  url: string;
  file: string;
  sha256: string;
  bytes: Uint8Array;
}

/**
 * Runs `task` and keeps every wheel that it fetches: micropip unpacks wheels and throws them away,
 * and Pyodide in Node does not compare the distribution's with their hashes.
 *
 * @param fetched is filled while `task` runs
 */
export async function keepingWheels<T>(
  fetched: FetchedWheel[],
  task: () => Promise<T>,
): Promise<T> {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await original(input, init);
    const url = input instanceof Request ? input.url : String(input);
    const file = fileOf(url);
    if (response.ok && file.endsWith('.whl')) {
      const bytes = new Uint8Array(await response.clone().arrayBuffer());
      fetched.push({ url, file, sha256: sha256Of(bytes), bytes });
    }
    return response;
  };
  try {
    return await task();
  } finally {
    globalThis.fetch = original;
  }
}

/** Last part of an address, as a file is named. */
export const fileOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.split('/').at(-1)!);
