import type { Fault } from './faults.ts';
import { Random } from './random.ts';
import { matchLength, type LinkConditions, type Scenario } from './scenario.ts';
import { seedParts } from './seed.ts';

/** The match that `seed` stands for. */
export function scenarioOf(seed: number): Scenario {
  const { base, players, faults } = seedParts(seed);
  const random = new Random(base);
  const seats = Array.from({ length: players }, (_, p) => p);
  const fps = random.pick([10, 20, 30, 60]);
  const maxSteps = random.chance(0.7) ? random.integer(1, 250) : null;
  const actionBytes = random.pick([1, 1, 1, 2, 5]);
  const endsOneIn = maxSteps === null || random.chance(0.4) ? random.integer(30, 200) : 0;
  const good = random.chance(0.3);
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
      ...agreement(new Random(base ^ 0x2545f491)),
    },
    endsOneIn,
    links: seats.map(() => seats.map(() => link(random, !good && random.chance(0.5)))),
    cuts: [],
    switches: [],
    freezes: [],
    slow: [],
    departures: [],
    corruptions: [],
    speeds: seats.map(() => 1),
    starts: seats.map(() => 0),
    saveCosts: seats.map((p) => new Random(base + p).pick([0, 0, 2, 10])),
    restlessness: random.pick([0.02, 0.1, 0.5, 1]),
    rttKnown: random.chance(0.5),
  };
  const length = matchLength(scenario);
  // Each fault has a generator of its own: without one of them, the others stay as they are.
  const chances: [Fault, number, (s: Scenario, random: Random, length: number) => void][] = [
    ['bursts', 0.7, burst],
    ['partitions', 0.3, partition],
    ['switches', 0.2, switchPaths],
    ['freezes', 0.15, freeze],
    ['slow', 0.15, slowDown],
    ['departures', 0.5, depart],
    ['skew', 0.9, skew],
    ['corruption', 0.25, corrupt],
    ['strangers', 0.08, comeAsStranger],
  ];
  chances.forEach(([fault, chance, plant], i) => {
    const own = new Random(base ^ Math.imul(i + 1, 0x632be59b));
    if (faults.has(fault) && own.chance(chance)) plant(scenario, own, length);
  });
  return scenario;
}

function agreement(random: Random): Pick<Scenario['session'], 'onDesync' | 'environmentHash'> {
  const onDesync = random.pick(['flag', 'end', 'resync'] as const);
  return random.chance(0.5) ? { onDesync, environmentHash: hash(1) } : { onDesync };
}

const hash = (n: number): Uint8Array => new Uint8Array(32).fill(n);

function link(random: Random, bad: boolean): LinkConditions {
  return {
    delay: random.between(1, 150),
    jitter: random.chance(0.7) ? random.between(0, 60) : 0,
    loss: bad ? random.between(0, 0.2) : 0,
    burstChance: 0,
    burstLength: 0,
    duplicated: random.chance(0.3) ? 0.05 : 0,
  };
}

/** On the links that lose packets anyway. */
function burst(scenario: Scenario, random: Random): void {
  for (const conditions of scenario.links.flat()) {
    if (conditions.loss === 0) continue;
    conditions.burstChance = 0.01;
    conditions.burstLength = random.integer(2, 24);
  }
}

function partition(scenario: Scenario, random: Random, length: number): void {
  const { players } = scenario.session;
  const start = random.between(0, length);
  const end = start + random.between(100, 3000);
  const cut = (from: number, to: number) => scenario.cuts.push({ from, to, start, end });
  const kind = random.pick(['one way', 'two ways', 'two groups'] as const);
  if (kind === 'two groups') {
    const side = scenario.starts.map((_, p) => p === 0 || (p < players - 1 && random.chance(0.5)));
    side.forEach((a, from) => side.forEach((b, to) => a !== b && cut(from, to)));
    return;
  }
  const [from, to] = twoSeats(random, players);
  cut(from, to);
  if (kind === 'two ways') cut(to, from);
}

/** Both directions change at once, after a silence in which the change is noticed. */
function switchPaths(scenario: Scenario, random: Random, length: number): void {
  for (let i = random.integer(1, 2); i > 0; i--) {
    const [a, b] = twoSeats(random, scenario.session.players);
    const at = random.between(0, length);
    const gap = random.chance(0.5) ? random.between(0, 1500) : 0;
    const inFlight = random.chance(0.5) ? ('lost' as const) : random.between(0, 400);
    const jump = random.chance(0.5) ? random.between(0, 200) : -random.between(0, 150);
    // A relay loses nothing and hands on in order, later.
    const relay = random.chance(0.5);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const old = scenario.links[from]![to]!;
      const conditions = relay
        ? { ...old, jitter: 0, loss: 0, burstChance: 0, duplicated: 0 }
        : { ...old, loss: random.between(0, 0.2) };
      conditions.delay = Math.min(250, Math.max(1, old.delay + jump));
      scenario.switches.push({ from, to, at, inFlight, conditions });
      if (gap > 0) scenario.cuts.push({ from, to, start: at, end: at + gap });
    }
  }
}

function freeze(scenario: Scenario, random: Random, length: number): void {
  const start = random.between(0, length);
  const player = random.integer(0, scenario.session.players - 1);
  const ms = random.chance(0.3) ? random.between(1_000, 30_000) : random.between(100, 3_000);
  scenario.freezes.push({ player, start, end: start + ms });
}

function slowDown(scenario: Scenario, random: Random, length: number): void {
  const start = random.between(0, length);
  const player = random.integer(0, scenario.session.players - 1);
  const tickMs = (1000 / scenario.session.fps) * random.between(1.1, 4);
  scenario.slow.push({ player, start, end: start + random.between(200, 10_000), tickMs });
}

function skew(scenario: Scenario, random: Random): void {
  scenario.speeds = scenario.speeds.map(() => random.between(0.98, 1.02));
  scenario.starts = scenario.starts.map(() => (random.chance(0.5) ? random.between(0, 500) : 0));
}

/** Peers leave so that the others know more or less of them, the server's word early or late. */
function depart(scenario: Scenario, random: Random, length: number): void {
  const { players, fps } = scenario.session;
  const most = Math.min(players - 1, random.chance(0.3) ? 3 : 1);
  const leavers = new Set<number>();
  let at = random.between(0, 1.1 * length);
  let toldAt = 0;
  for (let i = random.integer(1, most); i > 0; i--) {
    const player = random.integer(0, players - 1);
    if (leavers.has(player)) continue;
    leavers.add(player);
    // Some are given up by the server first, awake or asleep, and play on until they hear it.
    const expelled = random.chance(0.2);
    const asleep = expelled && random.chance(0.5);
    const server = random.pick([300, 300, 300, 3_000, 10_000]);
    // The server tells in one order, so each peer hears a departure after the one before.
    toldAt = Math.max(toldAt, at + random.between(0, server));
    if (asleep) scenario.freezes.push({ player, start: at, end: toldAt + 500 });
    const gone = expelled ? toldAt + random.between(0, 1_500) : at;
    const heard = scenario.starts.map(() => toldAt - gone + random.between(0, 200));
    scenario.departures.push({ player, at: gone, heard });
    for (let to = 0; to < players; to++) {
      // Some of the leaver's last packets reach some peers only.
      const frames = random.pick([0, 0, 3, 6, 12, 20]);
      const start = gone - (1000 * frames) / fps;
      if (frames > 0) scenario.cuts.push({ from: player, to, start, end: gone });
    }
    at += random.chance(0.5) ? random.between(0, 100) : random.between(0, 1000);
  }
}

/** One machine computes something else, or two do; somebody may leave while that is mended. */
function corrupt(scenario: Scenario, random: Random, length: number): void {
  const { players, episodes, fps } = scenario.session;
  const frames = Math.max(1, (length * fps) / 1000 / episodes);
  for (let i = random.chance(0.2) ? 2 : 1; i > 0; i--) {
    scenario.corruptions.push({
      player: random.integer(0, players - 1),
      episode: random.integer(0, episodes - 1),
      frame: Math.floor(random.between(0, frames)),
      part: random.pick(['a', 'b']),
    });
  }
  if (scenario.departures.length > 0 || random.chance(0.7)) return;
  const { player: corrupted, episode, frame } = scenario.corruptions[0]!;
  // Who gives its state is the highest seat, unless it is the one that differs.
  const player = random.pick([corrupted, players - 1, random.integer(0, players - 1)]);
  const then = (1000 * (episode * frames + frame)) / fps;
  const at = Math.max(0, then + random.between(-200, 1_200));
  const heard = scenario.starts.map(() => random.between(0, 400));
  scenario.departures.push({ player, at, heard });
}

/** One of those who leave anyway never belonged here, or another one does not. */
function comeAsStranger(scenario: Scenario, random: Random): void {
  const { departures, session, starts } = scenario;
  session.environmentHash = hash(1);
  const player = random.integer(0, session.players - 1);
  const known = departures.find((departure) => departure.player === player);
  if (known !== undefined) known.stranger = true;
  else if (departures.length < session.players - 1) {
    const heard = starts.map(() => random.between(0, 400));
    departures.push({ player, at: random.between(100, 3_000), heard, stranger: true });
  }
}

function twoSeats(random: Random, players: number): [number, number] {
  const from = random.integer(0, players - 1);
  return [from, (from + random.integer(1, players - 1)) % players];
}
