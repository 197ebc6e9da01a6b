import { quietMatch } from './conditions.ts';
import { SimulatedMatch } from './match.ts';

/** A link, and the delay policy that is tried on it. */
export interface DelayTrial {
  fps: number;
  /** Mean round trip, ms. */
  rtt: number;
  /** Each packet is late by up to so much, ms: the spread of one way, within the mean. */
  jitter: number;
  inputDelay: number | 'adaptive';
}

/** What two players would notice of it. */
export interface DelayOutcome {
  /** Between pressing a key and seeing what it does, ms. */
  added_latency_ms: number;
  /** Corrections in a hundred frames of one peer. */
  rollbacks_percent: number;
  /** Mean frames that a correction goes back, and the most. */
  rollback_frames: number;
  rollback_frames_max: number;
  /** Times that a peer had to wait. */
  stalls: number;
}

/** Left out, while the peers find their common pace; and played in all, ms. */
const SETTLE_MS = 5_000;
const PLAY_MS = 65_000;
/** One way on one machine, ms: no link is faster. */
const LEAST_MS = 0.5;

/** Plays a minute between two people at their keyboards. */
export function tryDelay({ fps, rtt, jitter, inputDelay }: DelayTrial): DelayOutcome {
  const scenario = quietMatch(2, fps, Math.max(LEAST_MS, (rtt - jitter) / 2));
  scenario.links.flat().forEach((link) => (link.jitter = jitter));
  scenario.session.inputDelay = inputDelay;
  scenario.starts = [0, 500 / fps];
  scenario.rttKnown = true;
  const match = new SimulatedMatch(scenario);
  match.playUntil(SETTLE_MS);
  const before = match.peers.map((peer) => ({
    rollbacks: peer.rollbacks.length,
    stalls: peer.stalls,
    frames: peer.session.metrics().frames,
  }));
  match.playUntil(PLAY_MS);
  const depths = match.peers.flatMap((peer, p) =>
    peer.rollbacks.slice(before[p]!.rollbacks).map((rollback) => rollback.rollback_frames),
  );
  const sum = (of: (peer: SimulatedMatch['peers'][0], p: number) => number) =>
    match.peers.reduce((n, peer, p) => n + of(peer, p), 0);
  const frames = sum(({ session }, p) => session.metrics().frames - before[p]!.frames);
  const delay = sum(({ session }) => session.metrics().input_delay) / match.peers.length;
  return {
    added_latency_ms: (delay * 1000) / fps,
    rollbacks_percent: (100 * depths.length) / frames,
    rollback_frames: depths.reduce((n, depth) => n + depth, 0) / Math.max(1, depths.length),
    rollback_frames_max: Math.max(0, ...depths),
    stalls: sum((peer, p) => peer.stalls - before[p]!.stalls),
  };
}
