import { RESULT, type Results } from '../rollback/results.ts';
import { decodeMarshal } from '../contract/marshal.ts';

/**
 * An environment, or the Python that it needs, cannot be used.
 *
 * `where`: `python` (the interpreter did not load), `packages`, or the part of the environment
 * (`load`, `reset`, `step`, `render`, `get_state`, `set_state`, `action_space`, `state`).
 * `traceback`: Python's, of the environment's own lines; empty where no line is to blame.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(
    readonly where: string,
    message: string,
    readonly traceback: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Replaces the answers by one ERROR answer. */
export function answerError(results: Results, error: EnvironmentError): void {
  results.clear();
  results.put(RESULT.error, 0, marshalTexts([error.where, error.message, error.traceback]));
}

/** The payload of an ERROR answer as an error to throw or show. */
export function readError(payload: Uint8Array): EnvironmentError {
  const value = decodeMarshal(payload);
  const texts = Array.isArray(value) ? value : [];
  const text = (i: number): string => (typeof texts[i] === 'string' ? texts[i] : '');
  return new EnvironmentError(text(0), text(1), text(2));
}

/** A Python tuple of strings, marshalled. */
function marshalTexts(texts: string[]): Uint8Array {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(5 + encoded.reduce((sum, text) => sum + 5 + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const head = (kind: string, length: number): void => {
    bytes[at] = kind.charCodeAt(0);
    view.setUint32(at + 1, length, true);
    at += 5;
  };
  head('(', texts.length);
  for (const text of encoded) {
    head('u', text.length);
    bytes.set(text, at);
    at += text.length;
  }
  return bytes;
}
