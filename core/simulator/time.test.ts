import { describe, expect, it } from 'vitest';
import { quietMatch } from './conditions.ts';
import type { SessionEvent } from '../src/rollback/session.ts';
import { SimulatedMatch } from './match.ts';
import { judge } from './oracle.ts';

describe('peers that start up to 500 ms apart, with clocks 4% apart', () => {
  it.each([
    [2, 60, 33],
    [2, 30, 60],
    [3, 20, 60],
    [4, 60, 40],
    [8, 60, 50],
  ])('%i at %i Hz, %i ms: within a frame after 5 s, and nobody is starved', (n, fps, delay) => {
    const scenario = quietMatch(n, fps, delay);
    scenario.links.flat().forEach((link) => Object.assign(link, { jitter: 30, loss: 0.02 }));
    scenario.speeds = scenario.speeds.map((_, p) => 0.98 + (0.04 * p) / (n - 1));
    scenario.starts = scenario.starts.map((_, p) => (500 * (n - 1 - p)) / (n - 1));
    const match = new SimulatedMatch(scenario);
    for (let t = 5_500; t < 30_000; t += 50) {
      match.playUntil(t);
      // Where each peer is, with the part of its present tick that has gone by.
      const at = match.peers.map((_, p) => match.position(p));
      const distance = Math.max(...at) - Math.min(...at);
      expect(distance, `at ${t} ms: ${at.map((f) => f.toFixed(2)).join(', ')}`).toBeLessThan(1);
    }
    for (const { session } of match.peers) {
      expect(session.frame).toBeGreaterThan(0.97 * fps * 29.5);
      expect(session.metrics().stalls).toBeLessThan(3);
    }
  });
});

/** Frames of one usual tick and of a slice of catching up. */
const MOST_A_TICK = 5;

it.each([200, 1_000, 30_000])(
  'a tab that slept %i ms catches up in slices, drops no input, and its partner is told',
  (sleep) => {
    const scenario = quietMatch(2, 60, 33);
    scenario.session.maxSteps = 300;
    scenario.freezes = [{ player: 0, start: 1_000, end: 1_000 + sleep }];
    const waits: SessionEvent[] = [];
    let newest = 0;
    let most = 0;
    const match = new SimulatedMatch(scenario, {
      session: (_, player, event) => {
        if (player === 1 && event.kind === 'stall_started') waits.push(event);
      },
      packet: (_, { player, session }) => {
        if (player !== 0 || session.phase !== 'playing') return;
        most = Math.max(most, session.frame - newest);
        newest = session.frame;
      },
    });
    match.playUntil(1_000 + sleep);
    const [slept, waited] = match.peers.map((peer) => peer.session);
    const before = waited!.frame;
    match.playUntil(1_000 + sleep + 300);
    expect(Math.abs(waited!.frame - slept!.frame)).toBeLessThanOrEqual(4);
    match.playUntil(1_000 + sleep + 1_300);
    expect(waited!.frame - before).toBeGreaterThan(60);
    expect(most).toBeLessThanOrEqual(MOST_A_TICK);
    if (sleep > 400) expect(waits).toMatchObject([{ waiting_for: [0] }]);
    match.play();
    // Every input of both, the sleeper's and those that came while it slept, is in the record.
    judge(scenario, match.peers);
    expect(match.peers.map((peer) => peer.episodes[0]!.rows.length)).toEqual([300, 300]);
  },
);
