import type { Milliseconds } from '../contract/index.ts';

/** Packets above the frame rate in any second: so many may be sent at once. */
const BURST = 5;

/** Lets one packet a tick through, and never more than the frame rate and five in a second. */
export class Pacing {
  private tokens = BURST;
  private last = -Infinity;

  constructor(private readonly perSecond: number) {}

  /** Whether a packet may be sent now; then it counts as sent. */
  take(now: Milliseconds): boolean {
    if (now > this.last) {
      const gained = ((now - this.last) * this.perSecond) / 1000;
      this.tokens = Math.min(BURST, this.tokens + gained);
      this.last = now;
    }
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
