import type { PythonFile } from '@cotrial/core';

/** The environment cannot be had: a wrong address, a server that does not answer, no text. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** Before an address is asked again that did not answer, ms. */
const AGAIN_MS = 1_000;

/** What this page has fetched already: a game that is played twice is the same both times. */
const kept = new Map<string, PythonFile>();

/** Tries an address that does not answer once more. @throws SourceError */
export async function loadSource(
  address: string | null,
  code: string | null,
  signal: AbortSignal,
): Promise<PythonFile> {
  if (code !== null) return { text: code, name: 'environment.py' };
  if (address === null) {
    throw new SourceError('Give the trial an `environment` (address) or an `environment_code`.');
  }
  const url = new URL(address, document.baseURI).href;
  const file = kept.get(url) ?? (await fetchFile(address, signal));
  kept.set(url, file);
  return file;
}

async function fetchFile(address: string, signal: AbortSignal): Promise<PythonFile> {
  const response = await ask(address, signal);
  if (!response.ok) {
    throw new SourceError(`${address} cannot be loaded: the server answers ${response.status}.`);
  }
  const text = await response.text();
  // A server that answers everything with its front page is a common mistake; say so.
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw new SourceError(`${address} is a web page, not a Python file.`);
  }
  return { text, name: address.split(/[?#]/)[0]!.split('/').pop() || 'environment.py' };
}

async function ask(address: string, signal: AbortSignal): Promise<Response> {
  for (const last of [false, true]) {
    try {
      const response = await fetch(address, { signal });
      if (response.status < 500 || last) return response;
    } catch (cause) {
      if (last || signal.aborted) {
        const reason = signal.aborted ? 'it takes too long' : String(cause);
        throw new SourceError(`${address} cannot be loaded: ${reason}.`, { cause });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  throw new SourceError(`${address} cannot be loaded.`);
}
