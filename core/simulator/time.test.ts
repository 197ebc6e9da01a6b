import { describe, expect, it } from 'vitest';
import { quietMatch } from './conditions.ts';
import { SimulatedMatch } from './match.ts';

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

it('a tab that slept up to 30 s catches up, and its partner is told whom it waits for', () => {
  for (const sleep of [200, 1_000, 30_000]) {
    const scenario = quietMatch(2, 60, 33);
    scenario.freezes = [{ player: 0, start: 1_000, end: 1_000 + sleep }];
    const match = new SimulatedMatch(scenario);
    match.playUntil(1_000 + sleep);
    const [slept, waited] = match.peers.map((peer) => peer.session);
    const before = waited!.frame;
    match.playUntil(1_000 + sleep + 300);
    expect(Math.abs(waited!.frame - slept!.frame)).toBeLessThanOrEqual(4);
    match.playUntil(1_000 + sleep + 1_300);
    expect(waited!.frame - before).toBeGreaterThan(60);
  }
});
