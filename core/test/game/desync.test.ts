/** Two game loops with the toy game, a courier each and a link that changes path: ROLL-8, PY-10. */
import { describe, expect, it } from 'vitest';
import { ToyEnvironment } from '../../simulator/toy-environment.ts';
import type { GameSettings } from '../../src/contract/index.ts';
import { answerError, EnvironmentError } from '../../src/environment/environment-error.ts';
import { GameLoop } from '../../src/game/game-loop.ts';
import type { FromWorker } from '../../src/game/messages.ts';
import { StateCourier } from '../../src/game/state-courier.ts';
import type { LocalRecord } from '../../src/record/local-recorder.ts';
import { REQUEST, RESULT, Results, type RequestList } from '../../src/rollback/index.ts';
import { VirtualClock } from '../link/virtual-links.ts';

const INTERVAL = 10;
const FLIPS_AT = 33;
const POISONED = 50;

/** One bit of its state flips at one frame; it may be unable to give or take states. */
class Corrupted extends ToyEnvironment {
  constructor(
    private readonly flips: boolean,
    private readonly fails: number | null,
    sha256: string,
    /** How often stepping frame POISONED fails. */
    private poison: number,
  ) {
    super({ players: 2, actionBytes: 1, endsOneIn: 0 });
    this.description.sha256 = sha256;
  }

  override run(requests: RequestList, results: Results): void {
    // Small lists with this toy: no other word has these values.
    const at = requests.words.subarray(0, requests.length).indexOf(this.fails ?? -1);
    if (this.fails !== null && at >= 0 && this.state.frame > FLIPS_AT) {
      answerError(results, new EnvironmentError('state', 'this state has no bytes', ''));
      return;
    }
    const poisoned = this.poison > 0 ? stepOf(requests, POISONED) : -1;
    if (poisoned >= 0) requests.length = poisoned;
    super.run(withoutDrawing(requests), results);
    if (poisoned < 0) return;
    this.poison -= 1;
    const answer = new Results();
    answerError(answer, new EnvironmentError('step', 'divided by zero', 'line 22'));
    answer.next();
    results.put(RESULT.error, POISONED, answer.payload);
  }

  protected override save(frame: number): void {
    if (this.flips && frame === FLIPS_AT) this.state.b ^= 1;
    super.save(frame);
  }
}

/** Where frame `frame` is stepped, or -1. */
function stepOf({ words, length }: RequestList, frame: number): number {
  for (let at = 0; at < length; at++) {
    if (words[at] === REQUEST.advance && words[at + 1] === frame) return at;
  }
  return -1;
}

/** The toy has nothing to draw: RENDER is asked for at the end of every list. */
function withoutDrawing(requests: RequestList): RequestList {
  if (requests.words[requests.length - 2] === REQUEST.render) requests.length -= 2;
  return requests;
}

interface Side {
  loop: GameLoop;
  courier: StateCourier;
  posts: FromWorker[];
  rows: Uint8Array[];
}

interface World {
  sides: [Side, Side];
  clock: VirtualClock;
  /** Ends both loops. */
  stop(): [LocalRecord, LocalRecord];
}

/** Two players for so long; control messages take 40 ms, and packets unless it is said. */
function play(
  onDesync: GameSettings['on_desync'],
  faults: {
    sound?: boolean;
    fails?: number;
    others?: string;
    poison?: number;
    delay?: number;
    /** Nothing that this player sends from then on arrives, ms. */
    silent?: [number, number];
  } = {},
  ms = 8_000,
): World {
  const clock = new VirtualClock();
  const settings: GameSettings = {
    fps: 30,
    episodes: 1,
    max_steps: 100,
    input_delay: 2,
    prediction: 'repeat',
    on_leave: 'end',
    on_desync: onDesync,
    checksum_interval: INTERVAL,
    environment_options: '{}',
    pyodide_version: 'none',
  };
  const after = (delay: number, act: () => void): (() => void) => {
    let cancelled = false;
    clock.at(delay, () => {
      if (!cancelled) act();
    });
    return () => (cancelled = true);
  };
  const now = () => clock.now;
  const side = (player: 0 | 1): Side => {
    const posts: FromWorker[] = [];
    const rows: Uint8Array[] = [];
    const other = () => sides[player === 0 ? 1 : 0];
    const sha256 = (player === 1 ? faults.others : undefined) ?? '0'.repeat(64);
    const environment = new Corrupted(
      player === 0 && faults.sound !== true,
      faults.fails ?? null,
      sha256,
      faults.poison ?? 0,
    );
    const courier = new StateCourier({
      sendControl: (_, bytes) => clock.at(40, () => other().courier.received(player, bytes)),
      arrived: (from, bytes) => loop.state(from, bytes),
      now,
      after,
    });
    const loop: GameLoop = new GameLoop(environment, player, settings, 7, { now, after }, (m) => {
      posts.push(m);
      if (m.type === 'packet' && clock.now < (faults.silent?.[player] ?? Infinity)) {
        clock.at(faults.delay ?? 40, () => other().loop.packet(player, m.bytes));
      }
      if (m.type === 'state') courier.send(m.to, m.bytes);
      if (m.type === 'chunk') rows.push(m.bytes);
    });
    return { loop, courier, posts, rows };
  };
  const sides: [Side, Side] = [side(0), side(1)];
  for (const { loop } of sides) loop.start(0);
  // Another action on every frame: what is predicted of it is always wrong.
  for (let n = 0; n * 33 < ms; n++) {
    clock.at(n * 33, () => {
      for (const { loop } of sides) {
        loop.update({ held: Uint8Array.of(n & 1), pressed: null, focused: true });
      }
    });
  }
  clock.run(ms);
  return {
    sides,
    clock,
    stop: () => {
      const [a, b] = sides.map(({ loop }) => loop.stop().local);
      return [a!, b!];
    },
  };
}

const of = <K extends FromWorker['type']>(side: Side, type: K) =>
  side.posts.filter((m): m is Extract<FromWorker, { type: K }> => m.type === type);

describe('peers whose states differ', () => {
  it('resync: the lower seat takes the state of the higher, and both complete', () => {
    const world = play('resync');
    for (const side of world.sides) {
      expect(of(side, 'ended')).toEqual([{ type: 'ended', reason: 'completed' }]);
      expect(of(side, 'error')).toEqual([]);
      expect(of(side, 'episode_ended')[0]).toMatchObject({ broken_off: false });
    }
    const [a, b] = world.stop();
    // Found at the first check after the fault; the state taken is the one after that check.
    expect(a.resyncs).toEqual([{ episode: 0, frame: 40, from: 1 }]);
    expect(b.resyncs).toEqual([]);
    for (const local of [a, b]) {
      expect(local.desyncs).toMatchObject([{ episode: 0, frame: 39 }]);
      expect(local.desyncs[0]!.local).not.toBe(local.desyncs[0]!.remote);
      expect(local.state_dumps).toMatchObject([{ episode: 0, desync_frame: 39 }]);
      const state: unknown = JSON.parse(atob(local.state_dumps[0]!.base64));
      expect(state).toMatchObject({ frame: local.state_dumps[0]!.state_frame });
    }
  });

  it('flag: both complete, and every mismatch is counted', () => {
    const world = play('flag');
    for (const side of world.sides) expect(of(side, 'ended')).toHaveLength(1);
    for (const local of world.stop()) {
      expect(local.desyncs.map(({ frame }) => frame)).toEqual([39, 49, 59, 69, 79, 89, 99]);
      expect(local.state_dumps).toHaveLength(4);
    }
  });

  it('end: both end as desync, with the same rows, and nobody is named of two', () => {
    const world = play('end');
    const [a, b] = world.sides;
    for (const side of world.sides) {
      const [end] = of(side, 'desync');
      expect(end).toMatchObject({ by: null, lingers: true });
      expect(end!.message).toMatch(/differed after frame 39 of episode 0: checksum [0-9a-f]{16}/);
      expect(of(side, 'ended')).toEqual([]);
      expect(of(side, 'finished')).toHaveLength(1);
    }
    expect(of(a, 'episode_ended')[0]!.summary.sha256).toBe(
      of(b, 'episode_ended')[0]!.summary.sha256,
    );
    for (const local of world.stop()) expect(local.state_dumps).toHaveLength(1);
  });

  it.each([
    ['give', REQUEST.dump, 1],
    ['take', REQUEST.restore, 0],
  ] as const)(
    'an environment that cannot %s a state ends as desync, not as error',
    (_, fails, who) => {
      const world = play('resync', { fails });
      const side = world.sides[who];
      expect(of(side, 'error')).toEqual([]);
      const [end] = of(side, 'desync');
      expect(end).toMatchObject({ by: `player_${who}`, lingers: false });
      expect(end!.message).toMatch(/this state has no bytes/);
      world.stop();
    },
  );
});

it('peers of different environments refuse each other, with what differs and what to do', () => {
  const world = play('resync', { others: '1'.repeat(64) }, 2_000);
  world.sides.forEach((side, player) => {
    const [refused] = of(side, 'refused');
    expect(refused!.player).toBe(1 - player);
    expect(refused!.message).toMatch(/another environment.*both must load the same/);
    expect(of(side, 'error')).toEqual([]);
  });
  world.stop();
});

it('a running match tells its counters when it is asked, and only then', () => {
  const world = play('resync', { sound: true, delay: 150, silent: [Infinity, 1_500] }, 1_000);
  const [{ loop, posts }] = world.sides;
  expect(posts.some(({ type }) => type === 'figures')).toBe(false);
  loop.tellFigures();
  // Nothing comes of the other for a while: the game stalls.
  world.clock.run(2_000);
  loop.tellFigures();
  const [early, late, ...more] = of(world.sides[0], 'figures');
  expect(more).toEqual([]);
  expect(early!.rollbacks).toBeGreaterThan(0);
  expect(early!.rollback_frames).toBeGreaterThanOrEqual(early!.rollbacks);
  expect(early!.stall_ms).toBe(0);
  expect(late!.rollbacks).toBeGreaterThan(early!.rollbacks);
  const { rollbacks, rollback_frames, stall_ms } = loop.stop().metrics;
  expect(late).toEqual({ type: 'figures', rollbacks, rollback_frames, stall_ms });
});

it('what is held of an episode that breaks off is closed as such, once', () => {
  const world = play('resync', {}, 1_000);
  world.stop();
  world.stop();
  for (const side of world.sides) {
    const [end, ...more] = of(side, 'episode_ended');
    expect(end).toMatchObject({ broken_off: true });
    expect(end!.summary.n_frames).toBeGreaterThan(0);
    expect(more).toEqual([]);
  }
});

it.each([
  [1_000, 1_200],
  [1_300, 1_000],
])('players silent from %i and %i ms on end alone, where nobody lacks a frame', (...silent) => {
  const world = play('resync', { sound: true, silent }, 3_000);
  for (const { loop } of world.sides) loop.isolated();
  world.clock.run(1_000);
  const ends = world.sides.map((side) => {
    expect(of(side, 'ended')).toEqual([{ type: 'ended', reason: 'player_left' }]);
    expect(of(side, 'finished')).toHaveLength(1);
    const [end, ...more] = of(side, 'episode_ended');
    expect(more).toEqual([]);
    expect(end!.broken_off).toBe(true);
    return { n_frames: end!.summary.n_frames, n_agreed: end!.n_agreed };
  });
  const [a, b] = world.sides.map(({ rows }) => Buffer.concat(rows));
  const common = Math.min(a!.length, b!.length);
  expect(a!.subarray(0, common).equals(b!.subarray(0, common))).toBe(true);
  // Whoever was heard for longer leaves the other with more frames; both had what is agreed.
  const lengths = ends.map((end) => end.n_frames);
  expect(Math.sign(lengths[0]! - lengths[1]!)).toBe(Math.sign(silent[1] - silent[0]));
  for (const { n_agreed } of ends) {
    expect(n_agreed).toBeGreaterThan(0);
    expect(n_agreed).toBeLessThanOrEqual(Math.min(...lengths));
  }
  world.stop();
  for (const side of world.sides) expect(of(side, 'episode_ended')).toHaveLength(1);
});

describe('an environment that cannot step a frame', () => {
  it('with inputs that were only predicted goes on', () => {
    const world = play('resync', { sound: true, poison: 1, delay: 150 });
    for (const side of world.sides) {
      expect(of(side, 'error')).toEqual([]);
      expect(of(side, 'ended')).toEqual([{ type: 'ended', reason: 'completed' }]);
    }
    const [a, b] = world.sides.map((side) => of(side, 'episode_ended')[0]!.summary);
    expect(a!.sha256).toBe(b!.sha256);
    world.stop();
  });

  it('with any inputs ends on both sides, with the traceback', () => {
    const world = play('resync', { sound: true, poison: Infinity });
    for (const side of world.sides) {
      const error = { where: 'step', message: 'divided by zero', traceback: 'line 22' };
      expect(of(side, 'error')).toMatchObject([{ error }]);
    }
    world.stop();
    for (const side of world.sides) {
      const [end] = of(side, 'episode_ended');
      expect(end).toMatchObject({ broken_off: true });
      expect(end!.summary.n_frames).toBeLessThanOrEqual(POISONED);
    }
  });
});
