import type { Milliseconds } from '../contract/index.ts';

/**
 * Control bytes a second by the relay, and at once. Together they are below what it lets one
 * participant send in any second, 1 MiB; over that it drops everything, inputs too.
 */
const RATE = 640 * 1024;
const AT_ONCE = 256 * 1024;

/**
 * How much of what piled up while a link had no path may go by the relay now: one for all links of
 * a player, since the relay counts them together. Inputs are few and never wait.
 */
export class RelayPace {
  private budget = AT_ONCE;
  private at: Milliseconds = -Infinity;

  /** False: not now. */
  take(bytes: number, now: Milliseconds): boolean {
    const earned = ((now - this.at) * RATE) / 1000;
    this.budget = Math.min(this.budget + earned, AT_ONCE);
    this.at = now;
    if (this.budget <= 0) return false;
    this.budget -= bytes;
    return true;
  }
}
