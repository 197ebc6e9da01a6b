import type { Milliseconds } from '../contract/index.ts';

/** Timers of one owner, all of which end with it. */
export class Timers {
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  /** Returns a function that cancels. */
  after(delay: Milliseconds, callback: () => void): () => void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, delay);
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  delay(ms: Milliseconds): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
