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
