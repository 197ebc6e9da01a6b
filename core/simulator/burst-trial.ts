import { quietMatch } from './conditions.ts';
import { SimulatedMatch } from './match.ts';

/** A burst of losses, both ways, on a link on which nothing else goes wrong. */
export interface BurstTrial {
  fps: number;
  /** ms one way. */
  delay: number;
  inputDelay: number | 'adaptive';
  /** Packets lost in a row. */
  length: number;
}

/** What two players would notice of it, and what stays. */
export interface BurstOutcome {
  /** Times that a peer had to wait, and for how long in all, ms. */
  stalls: number;
  stall_ms: number;
  /** ... and from a second after the burst on. */
  stallsAfterwards: number;
  /** Frames between sampling and playing, of the first peer. */
  delayBefore: number;
  delayAfterwards: number;
}

/** When the burst begins, the delay being settled, and for how long it is watched after its end, ms. */
const START_MS = 10_000;
const SETTLE_MS = 1_000;
const WATCH_MS = 6_000;

/** Plays until some seconds after the burst. */
export function tryBurst({ fps, delay, inputDelay, length }: BurstTrial): BurstOutcome {
  const scenario = quietMatch(2, fps, delay);
  scenario.session.inputDelay = inputDelay;
  scenario.rttKnown = true;
  const end = START_MS + (1000 * length) / fps;
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const) {
    scenario.cuts.push({ from, to, start: START_MS, end });
  }
  const match = new SimulatedMatch(scenario);
  const stalls = () => match.peers.reduce((n, peer) => n + peer.stalls, 0);
  const { session } = match.peers[0]!;
  match.playUntil(START_MS);
  const before = { stalls: stalls(), delay: session.metrics().input_delay };
  match.playUntil(end + SETTLE_MS);
  const settled = stalls();
  match.playUntil(end + SETTLE_MS + WATCH_MS);
  return {
    stalls: settled - before.stalls,
    stall_ms: match.peers.reduce((ms, peer) => ms + peer.session.metrics().stall_ms, 0),
    stallsAfterwards: stalls() - settled,
    delayBefore: before.delay,
    delayAfterwards: session.metrics().input_delay,
  };
}
