/** A participant who waits, as a policy sees it. */
export interface Ticket {
  readonly id: string;
  readonly participant: string;
  /** Server clock, ms since the epoch; kept when a match is dissolved. */
  readonly waiting_since: number;
  /** Round trip to the server, measured by the server, ms; null before the first answer. */
  readonly rtt_ms: number | null;
}

export interface MatchContext {
  /** Players of a match: the length of every proposed group. */
  readonly players: number;
  readonly now_ms: number;
  /** Pairs of ticket ids whose connection was found too slow a short while ago (LOB-6). */
  readonly apart: readonly (readonly [string, string])[];
  /** The only source of randomness: the same pool, context and seed give the same proposal. */
  readonly seed: number;
}

/**
 * A matchmaking policy: pure, so that every decision in the match log can be repeated.
 *
 * All tickets of a pool are for the same game with the same environment and settings, and stand in
 * order of arrival. A proposal is only a wish: see claims.ts.
 */
export interface Matchmaker {
  readonly name: string;
  /** Counts up when the same pool would be matched differently. */
  readonly version: number;
  /** Groups of ticket ids, in the order in which they are to be claimed. */
  propose(pool: readonly Ticket[], context: MatchContext): string[][];
}
