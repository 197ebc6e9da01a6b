/**
 * Runs `start` and owns the endless timers that it begins.
 *
 * PeerServer checks its clients and queues with timers that start themselves again, keep the
 * process alive, and cannot be stopped from outside. Each of their rounds is one synchronous call:
 * while it runs, `setTimeout` is ours, so we hold the next round and decide whether it comes.
 *
 * @returns A function that stops them all.
 */
export function ownTimers(start: () => void): () => void {
  const pending = new Set<NodeJS.Timeout>();
  let open = true;
  const owned = (round: () => void): void => {
    const original = globalThis.setTimeout;
    const hold = (next: () => void, ms?: number): NodeJS.Timeout => {
      const timer = original(() => {
        pending.delete(timer);
        if (open) owned(next);
      }, ms);
      timer.unref();
      pending.add(timer);
      return timer;
    };
    globalThis.setTimeout = Object.assign(hold, original);
    try {
      round();
    } finally {
      globalThis.setTimeout = original;
    }
  };
  owned(start);
  return () => {
    open = false;
    for (const timer of pending) clearTimeout(timer);
    pending.clear();
  };
}
