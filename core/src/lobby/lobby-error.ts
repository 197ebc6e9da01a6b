/**
 * Why the server could not be asked, or what it answered. `code`: `unreachable` (try again later),
 * `refused` (join again), `timeout` (no answer in time), `closed` (this client was closed), or the
 * code of the server's own error.
 */
export class LobbyError extends Error {
  override readonly name = 'LobbyError';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Errors of the server that say nothing of the request: it is made again. */
export function isPassing(code: string): boolean {
  return code === 'rate_limited' || code === 'internal';
}
