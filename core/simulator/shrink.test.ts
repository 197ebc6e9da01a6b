import { expect, it } from 'vitest';
import { scenarioOf } from './draw-scenario.ts';
import { parseFaults } from './faults.ts';
import { simulate } from './match.ts';
import type { Scenario } from './scenario.ts';
import { matchSeed, seedParts } from './seed.ts';
import { shrink } from './shrink.ts';

it('a seed tells all of its match: players, and which faults', () => {
  for (const text of ['all', 'network', 'departures,skew']) {
    const faults = parseFaults(text)!;
    for (let players = 2; players <= 16; players++) {
      const parts = seedParts(matchSeed(5, players, players, faults));
      expect(parts.players).toBe(players);
      expect([...parts.faults].sort()).toEqual([...faults].sort());
    }
  }
  const network = scenarioOf(matchSeed(5, 1, 4, parseFaults('network')!));
  expect(network).toMatchObject({ cuts: [], switches: [], freezes: [], slow: [], departures: [] });
  expect(parseFaults('departures,nonsense')).toBeNull();
});

it('without one fault, the others and the game stay as they are', () => {
  const index = 3;
  const all = scenarioOf(matchSeed(5, index, 3));
  const some = scenarioOf(matchSeed(5, index, 3, parseFaults('bursts,departures,skew')!));
  expect(some.session).toEqual(all.session);
  expect(some.departures).toEqual(all.departures);
  expect(some.speeds).toEqual(all.speeds);
});

it('makes a failing match as small as it can, and it still fails', () => {
  // Instead of a broken engine: a departure counts as failure.
  const fails = (scenario: Scenario) => simulate(scenario).departures > 0;
  const seeds = Array.from({ length: 200 }, (_, i) => matchSeed(6, i, 5));
  const seed = seeds.find((s) => scenarioOf(s).cuts.length > 2 && fails(scenarioOf(s)))!;
  const { scenario, runs } = shrink(scenarioOf(seed), fails);
  expect(fails(scenario), `seed ${seed}`).toBe(true);
  expect(scenario.departures).toHaveLength(1);
  expect(scenario.cuts.length + scenario.freezes.length + scenario.switches.length).toBe(0);
  expect(scenario.session.players).toBe(2);
  expect(scenario.session.episodes).toBe(1);
  expect(runs).toBeLessThanOrEqual(301);
});
