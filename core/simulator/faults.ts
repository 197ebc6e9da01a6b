/**
 * What may go wrong in a match, beside delay, jitter, loss, doubled and overtaking packets, which
 * may in every one.
 *
 * - bursts: packets lost in a row, up to the whole prediction window
 * - partitions: nothing gets through from one peer to another, both ways, or between two groups
 * - switches: a link goes another way (a relay): other delay and loss, packets on the way lost or late
 * - freezes: a page does nothing for up to 30 s
 * - slow: a machine that cannot keep the pace
 * - departures: players who leave at any moment, and a server that says so late
 * - skew: clocks that run up to 2% too fast or too slow, and peers that start at different times
 * - corruption: a frame comes out otherwise on one machine, perhaps when somebody leaves
 * - strangers: a peer that has another environment, until the server sends it away
 */
export const FAULTS = [
  'bursts',
  'partitions',
  'switches',
  'freezes',
  'slow',
  'departures',
  'skew',
  'corruption',
  'strangers',
] as const;

export type Fault = (typeof FAULTS)[number];
export type Faults = ReadonlySet<Fault>;

export const ALL_FAULTS: Faults = new Set(FAULTS);
/** Delay, jitter, loss, doubled and overtaking packets only. */
export const NETWORK_ONLY: Faults = new Set();

/** Reads `all`, `network`, or names with commas between them. @returns null for anything else */
export function parseFaults(text: string): Faults | null {
  if (text === 'all') return ALL_FAULTS;
  if (text === 'network') return NETWORK_ONLY;
  const faults = new Set<Fault>();
  for (const name of text.split(',')) {
    const fault = FAULTS.find((known) => known === name);
    if (fault === undefined) return null;
    faults.add(fault);
  }
  return faults;
}
