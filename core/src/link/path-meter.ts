import type { Milliseconds } from '../contract/index.ts';
import { SlowRun } from './slow-run.ts';

/** Loss is counted in slices of this length, so that it can be asked over any recent window. */
const SLICE_MS = 250;
const SLICES = 12;
/** Longest window over which loss can be asked. */
export const LOSS_WINDOW_MS: Milliseconds = SLICE_MS * SLICES;
/** Sequence numbers remembered, to tell a late packet from a duplicate: 2 s at 60 a second. */
const REMEMBERED = 128;
/** Pings without an answer that are remembered: 3 s of the quickest rate. */
const MAX_PENDING_PINGS = 32;
/** Weight of a new sample in the smoothed round trip (RFC 6298). */
const RTT_GAIN = 1 / 8;
/** Weight of a new sample in the jitter (RFC 3550, 6.4.1). */
const JITTER_GAIN = 1 / 16;

/** Answered pings that a probe takes (NET-12). */
export const PROBE_PINGS = 5;

interface Slice {
  index: number;
  expected: number;
  received: number;
}

/** Measures one path of a link in one direction of arrival: loss, round trip, jitter, silence. */
export class PathMeter {
  /** Smoothed round trip, or null before the first answer. */
  rtt_ms: Milliseconds | null = null;
  /** Smoothed difference of successive round trips, or null before the second answer. */
  jitter_ms: Milliseconds | null = null;
  /** When anything last arrived, or null. */
  heard_at: Milliseconds | null = null;
  /** Pings answered by the other side. */
  pongs = 0;
  /** Round trips of the first answers, in order of arrival, ms. */
  readonly firstTrips: Milliseconds[] = [];
  /** Whether the other side has sent a ping on this path. */
  pinged = false;
  pinged_at: Milliseconds = -Infinity;
  readonly slowness = new SlowRun();

  private lastRtt: Milliseconds | null = null;
  private readonly pending = new Map<number, Milliseconds>();
  private gapCount = 0;
  private longestGap = 0;
  private nextSequence = 0;
  private highest: number | null = null;
  /** Numbers seen among the last REMEMBERED: slot number % REMEMBERED holds the number. */
  private readonly seen = new Int32Array(REMEMBERED).fill(-1);
  private readonly slices: Slice[] = [];

  /** Number of the next unreliable packet to send. */
  sequence(): number {
    const sequence = this.nextSequence;
    this.nextSequence = (sequence + 1) & 0xffff;
    return sequence;
  }

  /** @param late by how much this page itself has been late until now, in all */
  pingSent(sequence: number, now: Milliseconds, late: Milliseconds): void {
    this.pinged_at = now;
    this.pending.set(sequence, now - late);
    if (this.pending.size > MAX_PENDING_PINGS) {
      const [oldest] = this.pending.keys();
      this.pending.delete(oldest!);
    }
  }

  /**
   * An answer to a ping that was never sent, or was answered before, is ignored.
   *
   * @param late as for `pingSent`: what a busy page adds is not the network's
   */
  pongReceived(ping: number, now: Milliseconds, late: Milliseconds): void {
    const sent = this.pending.get(ping);
    if (sent === undefined) return;
    this.pending.delete(ping);
    this.pongs += 1;
    const rtt = Math.max(0, now - late - sent);
    if (this.firstTrips.length < PROBE_PINGS) this.firstTrips.push(rtt);
    this.rtt_ms = this.rtt_ms === null ? rtt : this.rtt_ms + RTT_GAIN * (rtt - this.rtt_ms);
    if (this.lastRtt !== null) {
      const difference = Math.abs(rtt - this.lastRtt);
      const before = this.jitter_ms ?? 0;
      this.jitter_ms = before + JITTER_GAIN * (difference - before);
    }
    this.lastRtt = rtt;
    this.slowness.add(now - rtt, rtt);
  }

  heard(now: Milliseconds): void {
    this.heard_at = now;
  }

  /** Takes `ms` of the silence until now as never having been. */
  forgive(ms: Milliseconds): void {
    if (this.heard_at !== null) this.heard_at += ms;
  }

  /** Counts an unreliable packet that arrived. Duplicates count once; late ones count as arrived. */
  received(sequence: number, now: Milliseconds): void {
    const slice = this.slice(now);
    if (this.highest === null) {
      this.highest = sequence;
      this.remember(sequence);
      slice.expected += 1;
      slice.received += 1;
      return;
    }
    // Signed distance on the 16-bit circle.
    const ahead = ((sequence - this.highest) << 16) >> 16;
    if (ahead > 0) {
      slice.expected += ahead;
      this.highest = sequence;
      if (ahead > 1) this.noticeGap(ahead - 1);
    } else if (ahead <= -REMEMBERED || this.seen[sequence % REMEMBERED] === sequence) {
      return;
    }
    this.remember(sequence);
    slice.received += 1;
  }

  /** Packets expected and the share that is missing, 0 to 1, over the last `window` ms. */
  loss(
    now: Milliseconds,
    window: Milliseconds = LOSS_WINDOW_MS,
  ): { expected: number; share: number } {
    const first = Math.floor((now - window) / SLICE_MS);
    let expected = 0;
    let received = 0;
    for (const slice of this.slices) {
      if (slice.index <= first) continue;
      expected += slice.expected;
      received += slice.received;
    }
    // Packets counted as missing in an older slice may arrive in this one.
    const share = expected === 0 ? 0 : Math.max(0, 1 - received / expected);
    return { expected, share };
  }

  /** Runs of packets that were missing when a later one came, and the longest of them. */
  get gaps(): { count: number; longest: number } {
    return { count: this.gapCount, longest: this.longestGap };
  }

  /** Median of the first round trips, or null until there are enough. */
  get probe_ms(): Milliseconds | null {
    if (this.firstTrips.length < PROBE_PINGS) return null;
    return [...this.firstTrips].sort((a, b) => a - b)[PROBE_PINGS >> 1]!;
  }

  /** What was measured of a path that was left says nothing of what becomes of it. */
  forget(): void {
    this.rtt_ms = this.jitter_ms = this.lastRtt = null;
    this.pongs = 0;
    this.pending.clear();
    this.slices.length = 0;
    this.slowness.reset();
  }

  private noticeGap(missing: number): void {
    this.gapCount += 1;
    this.longestGap = Math.max(this.longestGap, missing);
  }

  private remember(sequence: number): void {
    this.seen[sequence % REMEMBERED] = sequence;
  }

  private slice(now: Milliseconds): Slice {
    const index = Math.floor(now / SLICE_MS);
    const last = this.slices.at(-1);
    if (last !== undefined && last.index >= index) return last;
    const slice = { index, expected: 0, received: 0 };
    this.slices.push(slice);
    if (this.slices.length > SLICES + 1) this.slices.shift();
    return slice;
  }
}
