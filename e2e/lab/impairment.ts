/** What happens to datagrams in one direction. Everything is off by default. */
export interface Impairment {
  /** Share of datagrams dropped, 0 to 1. */
  loss: number;
  /** Mean number of datagrams lost in a row: 1 for independent losses. */
  burst: number;
  delay_ms: number;
  /** Added to the delay, uniformly from -jitter_ms to +jitter_ms. Order is kept, as queues do. */
  jitter_ms: number;
  /** Share of datagrams that are held back REORDER_HOLD_MS longer while others pass, 0 to 1. */
  reorder: number;
  /** Share of datagrams sent twice, 0 to 1. */
  duplicate: number;
}

export const NO_IMPAIRMENT: Impairment = {
  loss: 0,
  burst: 1,
  delay_ms: 0,
  jitter_ms: 0,
  reorder: 0,
  duplicate: 0,
};

/** Longer than the time between two input packets, so that others do pass. */
export const REORDER_HOLD_MS = 50;

/** What was done to the datagrams of one direction. */
export interface ImpairmentCounts {
  forwarded: number;
  dropped: number;
  delayed: number;
  reordered: number;
  duplicated: number;
  /** Dropped while the path was cut. */
  blocked: number;
  /** Of the datagrams that came, whatever became of them. */
  bytes: number;
}

/** Decides, repeatably for a seed, what happens to one datagram after another. */
export class ImpairedDirection {
  readonly counts: ImpairmentCounts = {
    forwarded: 0,
    dropped: 0,
    delayed: 0,
    reordered: 0,
    duplicated: 0,
    blocked: 0,
    bytes: 0,
  };
  private losing = false;
  private lastDue = 0;

  constructor(
    public impairment: Impairment,
    private readonly random: () => number,
  ) {}

  /** Delays in ms after which copies of a datagram leave: none, one or two. */
  next(now: number): number[] {
    const { delay_ms, jitter_ms, reorder, duplicate } = this.impairment;
    if (this.loses()) {
      this.counts.dropped += 1;
      return [];
    }
    this.counts.forwarded += 1;
    const wanted = now + Math.max(0, delay_ms + (2 * this.random() - 1) * jitter_ms);
    let due = Math.max(wanted, this.lastDue);
    if (this.random() < reorder) {
      this.counts.reordered += 1;
      due += REORDER_HOLD_MS;
    } else {
      this.lastDue = due;
    }
    if (due > now) this.counts.delayed += 1;
    if (this.random() >= duplicate) return [due - now];
    this.counts.duplicated += 1;
    return [due - now, due - now];
  }

  /** Two states, as of Gilbert: bursts of mean length `burst` that make up a share `loss`. */
  private loses(): boolean {
    const { loss, burst } = this.impairment;
    if (burst <= 1) return this.random() < loss;
    const stop = 1 / burst;
    const start = loss >= 1 ? 1 : (loss * stop) / (1 - loss);
    this.losing = this.random() < (this.losing ? 1 - stop : start);
    return this.losing;
  }
}

/** Seeded generator of numbers from 0 to below 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
