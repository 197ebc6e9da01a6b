import type { Milliseconds } from '../contract/index.ts';

/** Above this a round trip is slow (NET-6). */
export const MAX_RTT_MS: Milliseconds = 300;
/** Fewer slow pings than this may be one queue that emptied late. */
const MIN_SLOW = 3;
/** Quick answers in a row that end a run: under jitter, one alone comes by luck. */
const QUICK_ENDS = 2;

/** Pings that have been slow without a break. */
export interface Slowness {
  /** Since when, ms: the first of them was sent then. */
  since: Milliseconds;
  /** The shortest of the newest three round trips, ms: what the relay has to beat. */
  least_ms: Milliseconds;
}

/**
 * Since when the pings of a path have been slow. A smoothed round trip would tell seconds too late
 * that it rose, and as late that a spike is over.
 */
export class SlowRun {
  private since: Milliseconds | null = null;
  private slow = 0;
  private quick = 0;
  private readonly newest: Milliseconds[] = [];

  /** A ping that was sent at `sent` took `rtt`. */
  add(sent: Milliseconds, rtt: Milliseconds): void {
    if (rtt > MAX_RTT_MS) {
      this.since ??= sent;
      this.slow += 1;
      this.quick = 0;
      this.newest.push(rtt);
      if (this.newest.length > MIN_SLOW) this.newest.shift();
    } else if (this.since !== null && ++this.quick >= QUICK_ENDS) this.reset();
  }

  reset(): void {
    this.since = null;
    this.slow = this.quick = this.newest.length = 0;
  }

  /** Whether one may have begun: what else there is should be measured now. */
  get begun(): boolean {
    return this.since !== null;
  }

  /** Null while there is none, or the newest answer was quick. */
  get current(): Slowness | null {
    if (this.since === null || this.slow < MIN_SLOW || this.quick > 0) return null;
    return { since: this.since, least_ms: Math.min(...this.newest) };
  }
}
