import { describe, expect, it } from 'vitest';
import { quietLink, quietMatch } from './conditions.ts';
import { SimulatedMatch, simulate } from './match.ts';
import { judge } from './oracle.ts';
import type { Scenario } from './scenario.ts';

const FPS = 60;
const frames = (n: number): number => (1000 * n) / FPS;

/** A leaver's last packets, for as many frames, do not reach a peer. */
function unheard(scenario: Scenario, from: number, to: number, at: number, missing: number): void {
  scenario.cuts.push({ from, to, start: at - frames(missing), end: at });
}

const policies = ['end', 'continue'] as const;

/** Rows on which a seat counts as left, and the reasons, as all survivors have them. */
function outcome(scenario: Scenario): { frames: number[]; reasons: (string | null)[] } {
  const match = new SimulatedMatch(scenario);
  match.play();
  judge(scenario, match.peers);
  const { episodes } = match.peers.find((peer) => !peer.gone)!;
  return {
    frames: episodes.map((e) => e.rows.length),
    reasons: episodes.map((e) => e.reason),
  };
}

describe('a player leaves three', () => {
  // GGRS panics here.
  for (const onLeave of policies) {
    for (const missing of [0, 3, 6, 12, 20]) {
      it(`and the others know ${missing} frames more or less of it (${onLeave})`, () => {
        for (let at = 500; at < 520; at += 3) {
          const scenario = quietMatch(3, FPS, 40);
          Object.assign(scenario.session, { onLeave, maxSteps: 90 });
          scenario.departures = [{ player: 2, at, heard: [120, 60, 0] }];
          unheard(scenario, 2, 0, at, missing);
          const { frames: rows, reasons } = outcome(scenario);
          expect(reasons).toEqual([onLeave === 'end' ? 'player_left' : 'max_steps']);
          // The peer that heard all of the leaver decides.
          if (onLeave === 'end') expect(rows[0]).toBeGreaterThanOrEqual(Math.floor(at / frames(1)));
        }
      });
    }
  }
});

describe('players leave at awkward moments', () => {
  /** All combinations of when, who knows what, and when the others hear; at an episode's end too. */
  const moments = (players: number, spoil: (scenario: Scenario, at: number) => void): void => {
    for (const onLeave of policies) {
      for (let at = 100; at < 1700; at += 37) {
        const scenario = quietMatch(players, FPS, 40);
        Object.assign(scenario.session, { onLeave, maxSteps: 40, episodes: 2 });
        // Peers are uneven: one hears everybody late.
        scenario.links.forEach((row) => (row[0] = quietLink(110)));
        spoil(scenario, at);
        const report = simulate(scenario);
        expect(report.failure, `${onLeave}, ${players} players, at ${at} ms`).toBeNull();
      }
    }
  };

  it('one of two', () => {
    moments(2, (scenario, at) => {
      scenario.departures = [{ player: 1, at, heard: [50, 0] }];
    });
  });

  for (const players of [3, 4, 5, 8]) {
    it(`two at once, of ${players}, known to different extents`, () => {
      moments(players, (scenario, at) => {
        const [a, b] = [players - 1, players - 2];
        const heard = scenario.starts.map((_, p) => 30 + 50 * p);
        scenario.departures = [
          { player: a, at, heard },
          { player: b, at, heard: heard.map((ms) => ms + 20) },
        ];
        unheard(scenario, a, 0, at, 12);
        unheard(scenario, b, 1, at, 6);
        unheard(scenario, a, b, at, 3);
      });
    });

    it(`the only one that knows a leaver's last inputs leaves too, of ${players}`, () => {
      moments(players, (scenario, at) => {
        const [a, b] = [players - 1, players - 2];
        const heard = scenario.starts.map((_, p) => 10 + 5 * p);
        scenario.departures = [
          { player: a, at, heard },
          // Its word of what it held gets out, the inputs themselves do not.
          { player: b, at: at + 60, heard: scenario.starts.map((_, p) => 150 + 30 * p) },
        ];
        for (let p = 0; p < b; p++) unheard(scenario, a, p, at, 12);
      });
    });

    it(`while the others are cut off from each other, of ${players}`, () => {
      moments(players, (scenario, at) => {
        scenario.departures = [
          { player: players - 1, at, heard: scenario.starts.map((_, p) => 20 * p) },
        ];
        for (const [from, to] of [
          [0, 1],
          [1, 0],
        ] as const) {
          scenario.cuts.push({ from, to, start: at - 200, end: at + 800 });
        }
      });
    });
  }
});

// Both then said that the match was not over for them, and answered that to each other for good.
it('two who have finished fall silent when they hear of another departure', () => {
  for (let at = 600; at < 1200; at += 10) {
    const scenario = quietMatch(4, FPS, 100);
    scenario.departures = [
      { player: 3, at: 500, heard: [0, 0, 0, 0] },
      { player: 2, at, heard: [0, 0, 0, 0] },
    ];
    const match = new SimulatedMatch(scenario);
    match.play();
    match.fallSilent();
    judge(scenario, match.peers);
  }
});
