/** The environment's Python source and the name that tracebacks show for it. */
export interface Source {
  text: string;
  name: string;
}

/** The environment cannot be had: a wrong address, a server that does not answer, no text. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** @throws SourceError */
export async function loadSource(
  address: string | null,
  code: string | null,
  signal: AbortSignal,
): Promise<Source> {
  if (code !== null) return { text: code, name: 'environment.py' };
  if (address === null) {
    throw new SourceError('Give the trial an `environment` (address) or an `environment_code`.');
  }
  let response: Response;
  try {
    response = await fetch(address, { signal });
  } catch (cause) {
    const reason = signal.aborted ? 'it takes too long' : String(cause);
    throw new SourceError(`${address} cannot be loaded: ${reason}.`, { cause });
  }
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
