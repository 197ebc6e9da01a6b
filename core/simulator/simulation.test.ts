import { describe, expect, it } from 'vitest';
import { runBatch } from './batch.ts';
import { ENDINGS, EVERYTHING, NETWORK } from './batches.ts';
import { quietMatch } from './conditions.ts';
import { scenarioOf } from './draw-scenario.ts';
import { SimulationFailure } from './failure.ts';
import { NETWORK_ONLY } from './faults.ts';
import { SimulatedMatch, simulate } from './match.ts';
import { judge } from './oracle.ts';
import { matchSeed } from './seed.ts';

describe('simulated matches', () => {
  // A failing seed is repeated by `npm run sim -- --replay SEED`.
  const clean = { differing: 0, first_failing_seed: null, first_failure: null };

  it('500 of two and three players: delay, jitter and loss; all records are equal', () => {
    const summary = runBatch(NETWORK);
    expect(summary).toMatchObject(clean);
    expect(summary.rollbacks).toBeGreaterThan(10_000);
  });

  it('150 of two to eight players: everything that may go wrong', () => {
    const summary = runBatch(EVERYTHING);
    expect(summary).toMatchObject(clean);
    expect(summary.departures).toBeGreaterThan(20);
    expect(summary.stalls).toBeGreaterThan(20);
  });

  it('300 of two and three players that end by departures or in different states', () => {
    expect(runBatch(ENDINGS)).toMatchObject(clean);
  });

  it('a few of sixteen players', () => {
    expect(runBatch({ matches: 5, seed: 3, fewest: 16, most: 16 })).toMatchObject(clean);
  });

  it('one of a single player', () => {
    const scenario = quietMatch(1, 30, 0);
    Object.assign(scenario.session, { maxSteps: 50, episodes: 2 });
    expect(simulate(scenario)).toMatchObject({ failure: null, frames: 100, rollbacks: 0 });
  });

  it('are the same again for the same seed', () => {
    const seed = matchSeed(4, 0, 3);
    expect(simulate(scenarioOf(seed))).toEqual(simulate(scenarioOf(seed)));
    expect(scenarioOf(seed).session.players).toBe(3);
  });
});

describe('the oracle', () => {
  const played = (): { match: SimulatedMatch; check: () => void } => {
    const scenario = scenarioOf(matchSeed(1, 0, 2, NETWORK_ONLY));
    const match = new SimulatedMatch(scenario);
    match.play();
    return { match, check: () => judge(scenario, match.peers) };
  };

  it('is content with what really happened', () => {
    expect(played().check).not.toThrow();
  });

  it.each(['one peer', 'all peers'])('notices a changed byte in the record of %s', (who) => {
    const { match, check } = played();
    for (const peer of who === 'one peer' ? match.peers.slice(1) : match.peers) {
      const { rows } = peer.episodes[0]!;
      // The last byte of an action.
      rows[rows.length >> 1]![19]! ^= 1;
    }
    expect(check).toThrow(SimulationFailure);
  });

  it('notices a missing row, another reason and another end', () => {
    const rows = played();
    rows.match.peers[1]!.episodes[0]!.rows.pop();
    expect(rows.check).toThrow(/lengths/);
    const reason = played();
    for (const peer of reason.match.peers) peer.episodes[0]!.reason = 'player_left';
    expect(reason.check).toThrow(SimulationFailure);
    const end = played();
    end.match.peers[1]!.finished = 'player_left';
    expect(end.check).toThrow(/completed and player_left/);
  });
});
