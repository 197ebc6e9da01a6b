import type { SessionOptions } from '../src/rollback/session.ts';
import { Random } from './random.ts';

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

/** A peer that does nothing for a while: a page that the browser froze. */
export interface Freeze {
  player: number;
  start: number;
  end: number;
}

/** A peer that is gone from `at` on, and when each of the others hears it from the server. */
export interface Departure {
  player: number;
  at: number;
  /** ms after `at`, by seat. */
  heard: number[];
}

export interface Scenario {
  /** Tells everything else; its remainder by 15 tells the number of players. */
  seed: number;
  session: Omit<SessionOptions, 'local'>;
  endsOneIn: number;
  /** links[from][to] */
  links: LinkConditions[][];
  cuts: Cut[];
  freezes: Freeze[];
  /** In the server's order. */
  departures: Departure[];
  /** Clock speed of each peer, around 1, and when it starts, ms. */
  speeds: number[];
  starts: number[];
  /** Chance that a peer changes its action on a frame. */
  restlessness: number;
}

/** What may go wrong in a match. */
export interface Faults {
  bursts: boolean;
  partitions: boolean;
  freezes: boolean;
  departures: boolean;
  skew: boolean;
}

export const ALL_FAULTS: Faults = {
  bursts: true,
  partitions: true,
  freezes: true,
  departures: true,
  skew: true,
};

const MOST_PLAYERS = 16;

/** The seed of match number `index` of a batch, with as many players as wanted. */
export function matchSeed(batch: number, index: number, players: number): number {
  const random = new Random(Math.imul(batch + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const seed = random.u32() >>> 1;
  return seed - (seed % (MOST_PLAYERS - 1)) + (players - 2);
}

/** The match that `seed` stands for. */
export function scenarioOf(seed: number, faults: Faults = ALL_FAULTS): Scenario {
  const random = new Random(seed);
  const players = 2 + (seed % (MOST_PLAYERS - 1));
  const seats = Array.from({ length: players }, (_, p) => p);
  const fps = random.pick([10, 20, 30, 60]);
  const maxSteps = random.chance(0.7) ? random.integer(1, 250) : null;
  const actionBytes = random.pick([1, 1, 1, 2, 5]);
  const endsOneIn = maxSteps === null || random.chance(0.4) ? random.integer(30, 200) : 0;
  const scenario: Scenario = {
    seed,
    session: {
      players,
      actionBytes,
      defaultActions: seats.map((p) => new Uint8Array(actionBytes).fill(p % 3)),
      fps,
      episodes: random.integer(1, 3),
      maxSteps,
      matchSeed: random.u32(),
      inputDelay: random.chance(0.3) ? 'adaptive' : random.integer(0, 6),
      prediction: random.pick(['repeat', 'default']),
      checksumInterval: random.pick([1, 5, 10, 30]),
      onLeave: random.pick(['end', 'continue']),
    },
    endsOneIn,
    links: seats.map(() => seats.map(() => conditions(random, faults))),
    cuts: [],
    freezes: [],
    departures: [],
    speeds: seats.map(() => (faults.skew ? random.between(0.98, 1.02) : 1)),
    starts: seats.map(() => (faults.skew && random.chance(0.5) ? random.between(0, 500) : 0)),
    restlessness: random.pick([0.02, 0.1, 0.5, 1]),
  };
  const length = matchLength(scenario);
  if (faults.partitions && random.chance(0.3)) partition(scenario, random, length);
  if (faults.freezes && random.chance(0.15)) freeze(scenario, random, length);
  if (faults.departures && random.chance(0.5)) depart(scenario, random, length);
  return scenario;
}

/** About how long the match takes when nothing goes wrong, ms. */
export function matchLength(scenario: Scenario): number {
  const { fps, episodes, maxSteps } = scenario.session;
  const event = scenario.endsOneIn === 0 ? Infinity : 20 + scenario.endsOneIn;
  return (1000 * episodes * Math.min(maxSteps ?? Infinity, event)) / fps;
}

function conditions(random: Random, faults: Faults): LinkConditions {
  const bad = random.chance(0.5);
  return {
    delay: random.between(1, 150),
    jitter: random.chance(0.7) ? random.between(0, 60) : 0,
    loss: bad ? random.between(0, 0.2) : 0,
    burstChance: faults.bursts && bad ? 0.01 : 0,
    burstLength: random.integer(2, 24),
    duplicated: random.chance(0.3) ? 0.05 : 0,
  };
}

function partition(scenario: Scenario, random: Random, length: number): void {
  const { players } = scenario.session;
  const start = random.between(0, length);
  const end = start + random.between(100, 3000);
  const from = random.integer(0, players - 1);
  const to = (from + random.integer(1, players - 1)) % players;
  scenario.cuts.push({ from, to, start, end });
  if (random.chance(0.5)) scenario.cuts.push({ from: to, to: from, start, end });
}

function freeze(scenario: Scenario, random: Random, length: number): void {
  const start = random.between(0, length);
  const player = random.integer(0, scenario.session.players - 1);
  scenario.freezes.push({ player, start, end: start + random.between(100, 30_000) });
}

/** Peers leave so that the others know more or less of them, the server's word early or late. */
function depart(scenario: Scenario, random: Random, length: number): void {
  const { players, fps } = scenario.session;
  const most = Math.min(players - 1, random.chance(0.3) ? 3 : 1);
  const leavers = new Set<number>();
  let at = random.between(0, 1.1 * length);
  let heardAt = 0;
  for (let i = random.integer(1, most); i > 0; i--) {
    const player = random.integer(0, players - 1);
    if (leavers.has(player)) continue;
    leavers.add(player);
    // The server tells in one order, so each peer hears a departure after the one before.
    const late = random.chance(0.3) ? random.between(0, 3000) : random.between(0, 300);
    heardAt = Math.max(heardAt, at + late);
    const base = heardAt - at;
    const heard = Array.from({ length: players }, () => base + random.between(0, 200));
    scenario.departures.push({ player, at, heard });
    for (let to = 0; to < players; to++) {
      // Some of the leaver's last packets reach some peers only.
      const frames = random.pick([0, 0, 3, 6, 12, 20]);
      if (frames > 0) {
        scenario.cuts.push({ from: player, to, start: at - (1000 * frames) / fps, end: at });
      }
    }
    at += random.chance(0.5) ? random.between(0, 100) : random.between(0, 1000);
  }
}
