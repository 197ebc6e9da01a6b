import { quietLink } from './conditions.ts';
import type { LinkConditions, Scenario } from './scenario.ts';

/** Matches played at most in search of a smaller one. */
const MOST_RUNS = 300;

/**
 * Looks for a smaller match that still fails: fewer players, faults and frames, better links. Greedy:
 * takes whatever works and starts over, until nothing works. The failure may become another one.
 */
export function shrink(
  scenario: Scenario,
  fails: (scenario: Scenario) => boolean,
): { scenario: Scenario; runs: number } {
  let runs = 0;
  const next = (): Scenario | null => {
    for (const smaller of candidates(scenario)) {
      if (runs++ >= MOST_RUNS) return null;
      if (fails(smaller)) return smaller;
    }
    return null;
  };
  for (let smaller = next(); smaller !== null; smaller = next()) scenario = smaller;
  return { scenario, runs };
}

/** The largest steps first. */
function* candidates(scenario: Scenario): Generator<Scenario> {
  const { session, links, speeds, starts, endsOneIn, rttKnown } = scenario;
  const { players, episodes, maxSteps, actionBytes } = session;
  const session_ = (change: Partial<Scenario['session']>): Scenario => ({
    ...scenario,
    session: { ...session, ...change },
  });
  if (players > 2) {
    for (let p = players - 1; p >= 0; p--) yield without(scenario, p);
  }
  for (const list of [
    'cuts',
    'switches',
    'freezes',
    'slow',
    'departures',
    'corruptions',
  ] as const) {
    const faults: readonly unknown[] = scenario[list];
    if (faults.length > 1) yield { ...scenario, [list]: [] };
    for (let i = faults.length - 1; i >= 0; i--) {
      yield { ...scenario, [list]: faults.filter((_, k) => k !== i) };
    }
  }
  if (speeds.some((speed) => speed !== 1)) yield { ...scenario, speeds: speeds.map(() => 1) };
  if (starts.some((start) => start !== 0)) yield { ...scenario, starts: starts.map(() => 0) };
  const better = (change: Partial<LinkConditions>): Scenario => ({
    ...scenario,
    links: links.map((row) => row.map((link) => ({ ...link, ...change }))),
  });
  const used = links.flatMap((row, from) => row.filter((_, to) => to !== from));
  const quiet: Partial<LinkConditions> = quietLink(0);
  delete quiet.delay;
  if (used.some((link) => differs(link, quiet))) yield better(quiet);
  for (const [name, value] of Object.entries(quiet)) {
    if (used.some((link) => link[name as keyof LinkConditions] !== value)) {
      yield better({ [name]: value });
    }
  }
  const mean = Math.round(used.reduce((sum, link) => sum + link.delay, 0) / used.length);
  if (used.some((link) => link.delay !== mean)) yield better({ delay: mean });
  if (endsOneIn > 0) yield { ...session_({ maxSteps: maxSteps ?? 250 }), endsOneIn: 0 };
  if (episodes > 1) yield session_({ episodes: 1 });
  if (episodes > 2) yield session_({ episodes: episodes - 1 });
  if (maxSteps !== null && maxSteps > 1) {
    yield session_({ maxSteps: maxSteps >> 1 });
    if (maxSteps > 4) yield session_({ maxSteps: maxSteps - (maxSteps >> 2) });
    yield session_({ maxSteps: maxSteps - 1 });
  }
  if (actionBytes > 1) {
    const defaultActions = session.defaultActions.map((action) => action.slice(0, 1));
    yield session_({ actionBytes: 1, defaultActions });
  }
  if (scenario.saveCosts.some((cost) => cost > 0)) {
    yield { ...scenario, saveCosts: scenario.saveCosts.map(() => 0) };
  }
  if (session.onDesync !== 'flag') yield session_({ onDesync: 'flag' });
  if (rttKnown) yield { ...scenario, rttKnown: false };
}

const differs = (link: object, from: object): boolean =>
  Object.entries(from).some(([name, value]) => link[name as keyof typeof link] !== value);

/** Player `gone` never was; those after it move up a seat. */
function without(scenario: Scenario, gone: number): Scenario {
  const { session, links, speeds, starts } = scenario;
  const keep = <T>(list: readonly T[]): T[] => list.filter((_, p) => p !== gone);
  const seat = (p: number): number => (p > gone ? p - 1 : p);
  const between = <T extends { from: number; to: number }>(list: readonly T[]): T[] =>
    list
      .filter(({ from, to }) => from !== gone && to !== gone)
      .map((fault) => ({ ...fault, from: seat(fault.from), to: seat(fault.to) }));
  const of = <T extends { player: number }>(list: readonly T[]): T[] =>
    list
      .filter(({ player }) => player !== gone)
      .map((fault) => ({ ...fault, player: seat(fault.player) }));
  return {
    ...scenario,
    session: {
      ...session,
      players: session.players - 1,
      defaultActions: keep(session.defaultActions),
    },
    links: keep(links).map(keep),
    cuts: between(scenario.cuts),
    switches: between(scenario.switches),
    freezes: of(scenario.freezes),
    slow: of(scenario.slow),
    corruptions: of(scenario.corruptions),
    departures: of(scenario.departures).map((d) => ({ ...d, heard: keep(d.heard) })),
    saveCosts: keep(scenario.saveCosts),
    speeds: keep(speeds),
    starts: keep(starts),
  };
}
