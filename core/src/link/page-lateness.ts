import type { Milliseconds } from '../contract/index.ts';

/** Links are ticked so often. */
export const TICK_MS: Milliseconds = 100;
/** A tick that is later than this says that the page was busy, and packets waited with it. */
const LATE_MS: Milliseconds = 50;

/**
 * By how much this page was late, summed up: a clock less this sum measures networks, where the
 * clock alone would measure the page's own work too.
 */
export class PageLateness {
  private sum: Milliseconds = 0;

  constructor(private tickedAt: Milliseconds) {}

  ticked(now: Milliseconds): void {
    this.sum = this.until(now);
    this.tickedAt = now;
  }

  /** With the present tick's delay, of which packets may tell before the tick does. */
  until(now: Milliseconds): Milliseconds {
    const late = now - this.tickedAt - TICK_MS;
    return this.sum + (late > LATE_MS ? late : 0);
  }
}
