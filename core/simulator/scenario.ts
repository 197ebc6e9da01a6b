import type { SessionOptions } from '../src/rollback/session.ts';

/** One direction of a link. Times in ms. */
export interface LinkConditions {
  delay: number;
  /** Each packet takes up to so much longer; packets overtake each other. */
  jitter: number;
  /** Share of packets lost, 0 to 1. */
  loss: number;
  /** Chance that a packet begins a burst of losses, and the burst's length in packets. */
  burstChance: number;
  burstLength: number;
  /** Share of packets that arrive twice. */
  duplicated: number;
}

/** Nothing gets from `from` to `to`; times on the simulation's clock, ms. */
export interface Cut {
  from: number;
  to: number;
  start: number;
  end: number;
}

/** One direction of a link goes another way from `at` on: over a relay, by another route. */
export interface PathSwitch {
  from: number;
  to: number;
  at: number;
  /** What becomes of packets on the way then: they are lost, or take so much longer, ms. */
  inFlight: 'lost' | number;
  conditions: LinkConditions;
}

/** A peer that does nothing for a while: a page that the browser froze. */
export interface Freeze {
  player: number;
  start: number;
  end: number;
}

/** A machine that cannot keep the pace for a while: its ticks take at least `tickMs`. */
export interface Slowness {
  player: number;
  start: number;
  end: number;
  tickMs: number;
}

/** A peer that is gone from `at` on, and when each of the others hears it from the server. */
export interface Departure {
  player: number;
  at: number;
  /** ms after `at`, by seat; negative if the server gave it up while it was still playing. */
  heard: number[];
  /** It has another environment than the others, who refuse it. */
  stranger?: boolean;
}

/** A frame comes out otherwise on one machine, whenever it is stepped there. */
export interface Corruption {
  player: number;
  episode: number;
  frame: number;
  /** Part of the toy game's state: `b` shows in rewards only, on `a` depends how long it lasts. */
  part: 'a' | 'b';
}

/** Everything that happens to the peers of one match. Plain data: it can be changed and run again. */
export interface Scenario {
  /** Draws the players' actions and the fate of each packet. */
  seed: number;
  session: Omit<SessionOptions, 'local'>;
  endsOneIn: number;
  /** links[from][to] */
  links: LinkConditions[][];
  cuts: Cut[];
  switches: PathSwitch[];
  freezes: Freeze[];
  slow: Slowness[];
  /** In the server's order. */
  departures: Departure[];
  corruptions: Corruption[];
  /** Clock speed of each peer, around 1, and when it starts, ms. */
  speeds: number[];
  starts: number[];
  /** What saving a state takes each peer, in steps: from it follows which states are kept. */
  saveCosts: number[];
  /** Chance that a peer changes its action on a frame. */
  restlessness: number;
  /** Whether the peers are told the RTT and jitter of their links, as real links tell. */
  rttKnown: boolean;
}

/** About how long the match takes when nothing goes wrong, ms. */
export function matchLength(scenario: Scenario): number {
  const { fps, episodes, maxSteps } = scenario.session;
  const event = scenario.endsOneIn === 0 ? Infinity : 20 + scenario.endsOneIn;
  return (1000 * episodes * Math.min(maxSteps ?? Infinity, event)) / fps;
}
