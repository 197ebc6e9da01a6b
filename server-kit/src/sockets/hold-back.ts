/** A WebSocket, as far as it can be held back. */
export interface Pausable {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

/** Reads nothing from this connection for `ms`. Does nothing while it is held back already. */
export function holdBack(socket: Pausable, ms: number): void {
  if (socket.isPaused) return;
  socket.pause();
  setTimeout(() => socket.resume(), ms).unref();
}
