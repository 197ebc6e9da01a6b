/** Time as the server uses it, passed in so that tests can own it. */
export interface Clock {
  /** Milliseconds since the epoch, never going back. */
  now(): number;
  /** Runs `action` once after `ms`; the returned function cancels it and may be called late. */
  after(ms: number, action: () => void): () => void;
}

/** The process's monotonic clock. Its timers do not keep the host's process alive. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
