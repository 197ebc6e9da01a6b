/**
 * When a link leaves its peer connection for the relay (NET-6). Pure: it sees measurements and a
 * clock, and says why to move, or null.
 */
import type { Milliseconds } from '../contract/index.ts';
import { MAX_RTT_MS, type Slowness } from './slow-run.ts';

/** Share of packets missing above which the relay, which loses none, is the better path. */
export const MAX_LOSS = 0.2;
export const LOSS_FOR_MS: Milliseconds = 3_000;
/** Loss is judged over the newest second, so that one short burst is not held against the path. */
export const LOSS_JUDGED_OVER_MS: Milliseconds = 1_000;
/** Fewer packets than this in a second say nothing about a share of 20%. */
const MIN_JUDGED = 8;

/** Bytes waiting in the channel: seconds of inputs that the network does not take. */
export const MAX_BUFFERED_BYTES = 32 * 1024;
export const BUFFERED_FOR_MS: Milliseconds = 1_000;

export const RTT_FOR_MS: Milliseconds = 3_000;
/** The relay must win a fifth: below that, two measurements of busy machines differ by chance. */
const RELAY_WINS_BELOW = 0.8;

/** Nothing arrived for so long: quick pings ask whether the peer connection still works. */
export const PROBE_AFTER_MS: Milliseconds = 700;
/** Still nothing: pings and inputs go on both paths, until it is known which of them works. */
export const SUSPECT_AFTER_MS: Milliseconds = 1_000;
/** A relay that answers for so long, while the peer connection stays silent, proves the cut. */
export const RELAY_PROVES_MS: Milliseconds = 250;

export interface PathMeasurement {
  /** Time since anything arrived by the peer connection. */
  silent_ms: Milliseconds;
  /** Time since the relay's first answer within this silence, or null. */
  relay_answers_for_ms: Milliseconds | null;
  /** Over the last LOSS_JUDGED_OVER_MS. */
  loss: { expected: number; share: number };
  buffered_bytes: number;
  /** Pings over MAX_RTT_MS without a break until now, or null. */
  slow: Slowness | null;
  /** Smoothed round trip. */
  rtt_ms: Milliseconds | null;
  /** The relay's own round trip to the same player, or null if it was not measured. */
  relay_rtt_ms: Milliseconds | null;
}

/** Conditions that must hold for a time each have a moment since when they hold. */
export class FailoverJudge {
  private lossSince: Milliseconds | null = null;
  private bufferedSince: Milliseconds | null = null;

  /** The path is used anew: what held before it was left counts no more. */
  reset(): void {
    this.lossSince = this.bufferedSince = null;
  }

  /** The reason to move to the relay now, in a few words, or null. */
  judge(m: PathMeasurement, now: Milliseconds): string | null {
    const lossy = m.loss.expected >= MIN_JUDGED && m.loss.share > MAX_LOSS;
    this.lossSince = lossy ? (this.lossSince ?? now) : null;
    const full = m.buffered_bytes > MAX_BUFFERED_BYTES;
    this.bufferedSince = full ? (this.bufferedSince ?? now) : null;

    if (
      m.silent_ms >= SUSPECT_AFTER_MS &&
      m.relay_answers_for_ms !== null &&
      m.relay_answers_for_ms >= RELAY_PROVES_MS
    ) {
      return 'peer connection silent';
    }
    if (heldFor(this.lossSince, now, LOSS_FOR_MS)) return 'packet loss';
    if (heldFor(this.bufferedSince, now, BUFFERED_FOR_MS)) return 'send buffer full';
    const { slow, relay_rtt_ms } = m;
    const relayFaster =
      slow !== null && relay_rtt_ms !== null && relay_rtt_ms < RELAY_WINS_BELOW * slow.least_ms;
    if (relayFaster && heldFor(slow.since, now, RTT_FOR_MS)) return 'slow peer connection';
    return null;
  }
}

function heldFor(since: Milliseconds | null, now: Milliseconds, time: Milliseconds): boolean {
  return since !== null && now - since >= time;
}

/** Answered pings, of the newest, without which nothing is known of a path that is not in use. */
const HEALED_PONGS = 10;
/** Far below what a path is left for: in the few dozen pings of 3 s, a lossy one looks good by luck. */
const HEALED_LOSS = 0.08;

/** Whether a peer connection that was left works again. Judged where an episode ends. */
export function isHealed(m: PathMeasurement, pongs: number): boolean {
  const { rtt_ms, relay_rtt_ms } = m;
  if (pongs < HEALED_PONGS || m.silent_ms >= PROBE_AFTER_MS || rtt_ms === null) return false;
  const quick = rtt_ms <= MAX_RTT_MS || (relay_rtt_ms !== null && rtt_ms <= relay_rtt_ms);
  return quick && m.loss.expected >= MIN_JUDGED && m.loss.share <= HEALED_LOSS;
}
