import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from './pyodides.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../src/contract/index.ts';
import type { Environment, StateTier } from '../../src/environment/environment.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import {
  EnvironmentError,
  loadEnvironmentInto,
  startPython,
} from '../../src/environment/pyodide-environment.ts';
import { REQUEST } from '../../src/rollback/requests.ts';
import { Game, sourceOf, type Answers } from './harness.ts';

/** The same as in native.py. */
const FRAMES = 60;
const SEEDS = [3, 4_000_000_000];
const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8];

const NAMES = readdirSync(new URL('./environments', import.meta.url))
  .filter((name) => name.endsWith('.py'))
  .map((name) => name.slice(0, -'.py'.length));
/** All others are kept as snapshots. */
const TIERS: Record<string, StateTier> = {
  own_methods: 'own_methods',
  draws_now_and_then: 'own_methods',
  writes_later: 'own_methods',
  started_iterator: 'replay',
  built_iterator: 'replay',
};
/**
 * Not the same bytes natively: hashes have 32 bits in Pyodide and 64 elsewhere, which is another
 * order of sets; and `gauss` takes cosines and logarithms, which differ in the last place.
 */
const NOT_NATIVE = ['set_order', 'own_random', 'module_random'];

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
});
const load = (name: string): Promise<Environment> =>
  loadEnvironmentInto(python, { source: sourceOf(name), source_name: `${name}.py` });

const sameRecord = (one: Answers, other: Answers): boolean =>
  Buffer.concat(one.rows).equals(Buffer.concat(other.rows)) &&
  one.checksums.join() === other.checksums.join();

describe.each(NAMES)('%s', (name) => {
  test('rollbacks on every frame leave the same rows and checksums', async () => {
    const environment = await load(name);
    const { tier, tier_reason } = environment.description;
    expect(tier, tier_reason).toBe(TIERS[name] ?? 'snapshot');
    const game = new Game(environment);
    for (const seed of SEEDS) {
      const straight = game.straight(seed, FRAMES);
      expect(straight.rows).toHaveLength(straight.frames);
      expect(new Set(straight.checksums).size, 'checksums follow the state').toBe(straight.frames);
      for (const depth of DEPTHS) {
        const rolled = game.rolledBack(seed, straight.frames, depth);
        expect(sameRecord(straight, rolled), `seed ${seed}, depth ${depth}`).toBe(true);
      }
    }
  });

  test('an episode does not depend on the one before', async () => {
    const game = new Game(await load(name));
    const first = game.straight(5, FRAMES);
    game.straight(6, FRAMES);
    expect(sameRecord(first, game.straight(5, FRAMES))).toBe(true);
  });

  test('every row can be read', async () => {
    const game = new Game(await load(name));
    const { rows, frames } = game.straight(5, FRAMES);
    expect([...readRows(Buffer.concat(rows))]).toHaveLength(frames);
  });
});

describe('memory stays flat over ten thousand loads', () => {
  // One environment per way of going back.
  const names = ['own_methods', 'closures', 'outside_state', 'started_iterator'];
  /** Bytes that may come and go: caches that fill, buffers that grow. A list for each load is more. */
  const SLACK = 200_000;
  /** Pyodide has no counts of blocks: Python itself must count what is allocated, and set free. */
  const bytes = (): number =>
    python.runPython('gc.collect(); tracemalloc.get_traced_memory()[0]') as number;

  /** Bytes that ten thousand times `load` leave. */
  const grownBy = (game: Game, load: () => void): number => {
    game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
    for (let f = 0; f < 5; f++) game.advance(f, 1).push(REQUEST.save, f + 1);
    game.run();
    python.runPython('import gc, tracemalloc; tracemalloc.start()');
    try {
      for (let n = 0; n < 500; n++) load();
      const before = bytes();
      for (let n = 0; n < 10_000; n++) load();
      return bytes() - before;
    } finally {
      python.runPython('tracemalloc.stop()');
    }
  };

  test.each([...names, 'built_iterator'])('%s', async (name) => {
    const game = new Game(await load(name));
    const grown = grownBy(game, () => {
      game.push(REQUEST.load, 2);
      for (let f = 2; f < 5; f++) game.advance(f, 1).push(REQUEST.save, f + 1);
      game.run();
    });
    expect(grown).toBeLessThan(SLACK);
  });

  test('in lockstep, where every one of them is refused', async () => {
    // What never does the same twice.
    const source = sourceOf('counters').replace('float(self', 'id(object()) + float(self');
    const game = new Game(
      await loadEnvironmentInto(python, { source, source_name: 'lockstep.py' }),
    );
    expect(game.environment.description.tier).toBe('lockstep');
    const grown = grownBy(game, () => {
      try {
        game.push(REQUEST.load, 2).run();
      } catch (error) {
        if (error instanceof EnvironmentError && error.message.includes('lockstep')) return;
      }
      throw new Error('a load was not refused');
    });
    expect(grown).toBeLessThan(SLACK);
  });

  test('a leak of one small list a load is seen', async () => {
    const game = new Game(await load('counters'));
    const leak = python.runPython('kept = []\nlambda: kept.append([1])') as () => void;
    expect(grownBy(game, leak)).toBeGreaterThan(SLACK);
    python.runPython('del kept');
  });
});

describe('the first draw from the global generators', () => {
  const FRAMES_PLAYED = 40;
  /** With these inputs, none of the first frames draws. */
  const QUIET_SEED = 1;
  /** By frame: what a game says that is played straight ahead. */
  const expected = async (): Promise<string[]> =>
    new Game(await load('draws_now_and_then')).straight(SEEDS[0]!, FRAMES_PLAYED).checksums;
  const begun = async (): Promise<Game> => {
    const game = new Game(await load('draws_now_and_then'));
    game.push(REQUEST.reset, SEEDS[0]!).push(REQUEST.save, 0);
    return game;
  };
  const play = (game: Game, from: number, to: number, seed: number): void => {
    for (let f = from; f < to; f++) game.advance(f, seed).push(REQUEST.save, f + 1);
  };
  const checksums = (game: Game): string[] => {
    for (let f = 0; f < FRAMES_PLAYED; f++) game.push(REQUEST.checksum, f);
    return game.run().checksums;
  };

  test('is kept with every frame of the list that it is made in', async () => {
    const game = await begun();
    play(game, 0, FRAMES_PLAYED, SEEDS[0]!);
    game.run();
    for (let from = 0; from < FRAMES_PLAYED; from++) {
      game.push(REQUEST.load, from);
      play(game, from, FRAMES_PLAYED, SEEDS[0]!);
      game.run();
    }
    expect(checksums(game)).toEqual(await expected());
  });

  // After an ordinary frame, and after one whose results the environment holds.
  test.each([1, 3])('goes back to no state of another past: %i frames unsaved', async (unsaved) => {
    const game = await begun();
    // Nobody draws in the wrong past, in which all states are kept.
    play(game, 0, 8, QUIET_SEED);
    game.push(REQUEST.load, 0);
    for (let f = 0; f < unsaved; f++) game.advance(f, SEEDS[0]!);
    play(game, unsaved, FRAMES_PLAYED, SEEDS[0]!);
    game.push(REQUEST.load, 0);
    play(game, 0, unsaved, SEEDS[0]!);
    game.run();
    expect(checksums(game)).toEqual(await expected());
  });
});

describe('a checksum tells of what a step returned beside its state', () => {
  const source = `
class Tells:
    possible_agents = ["a", "b"]
    def __init__(self, odd, of="a"): self.odd, self.of = odd, of
    def action_space(self, agent): return 3
    def reset(self, seed=None, options=None):
        self.frame = 0
        return {}, {}
    def step(self, actions):
        self.frame += 1
        parts = {
            "rewards": {"a": 0.0, "b": 0.0},
            "terminations": {"a": False, "b": False},
            "truncations": {"a": False, "b": False},
            "infos": {"a": {"n": 0}, "b": {"n": 0}},
        }
        if self.frame == 4 and self.odd != "":
            part = parts[self.odd]
            part[self.of] = {"n": 1} if self.odd == "infos" else type(part["a"])(1)
        return {}, *parts.values()
    def get_state(self): return (self.frame,)
    def set_state(self, state): (self.frame,) = state
`;
  const checksums = async (options: object): Promise<string[]> => {
    const named = { source, source_name: 'tells.py', options: { ...options } };
    return new Game(await loadEnvironmentInto(python, named)).straight(1, 8).checksums;
  };
  test.each(['rewards', 'terminations', 'truncations', 'infos'])('%s', async (odd) => {
    const played = [{ odd: '' }, { odd, of: 'a' }, { odd, of: 'b' }].map(checksums);
    const all = await Promise.all(played);
    for (let frame = 0; frame < 8; frame++) {
      expect(new Set(all.map((mine) => mine[frame])).size, `${frame}`).toBe(frame === 3 ? 3 : 1);
    }
  });
});

/** One player's actions from a frame on, each state saved. */
const play = (game: Game, from: number, actions: number[]): Game => {
  actions.forEach((action, i) => {
    game.push(REQUEST.advance, from + i).list.push(0);
    game.list.push(action);
    game.push(REQUEST.save, from + i + 1);
  });
  return game;
};

test('what was drawn before a frame failed is kept', async () => {
  const source = `
import random

class Fails:
    possible_agents = ["a"]
    def action_space(self, agent): return 3
    def reset(self, seed=None, options=None):
        self.frame, self.drawn = 0, 0.0
        return {}, {}
    def step(self, actions):
        self.frame += 1
        # Beyond what is tried at load.
        if self.frame > 200 and actions["a"] == 1: self.drawn = random.random()
        if self.frame > 200 and actions["a"] == 2: raise ValueError("not this one")
        return {}, {"a": self.drawn}, {"a": False}, {"a": False}, {"a": {}}
    def get_state(self): return (self.frame, self.drawn)
    def set_state(self, state): self.frame, self.drawn = state
`;
  const begun = async (): Promise<Game> => {
    const environment = await loadEnvironmentInto(python, { source, source_name: 'fails.py' });
    const game = new Game(environment);
    game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
    return game;
  };
  const checksums = (game: Game): string[] => {
    for (let f = 200; f < 204; f++) game.push(REQUEST.checksum, f);
    return game.run().checksums;
  };
  // All actions are known before: from there on it is one run.
  const first = Array.from({ length: 200 }, (_, f) => f % 3);
  const straight = checksums(play(await begun(), 0, [...first, 0, 1, 0, 1]));
  const game = play(await begun(), 0, [...first, 0, 1, 0, 2]);
  expect(() => game.run()).toThrow('not this one');
  play(game.push(REQUEST.load, 203), 203, [1]);
  expect(checksums(game)).toEqual(straight);
});

test('actions are the right ones after a frame failed in the list that brought new ones', async () => {
  const source = `
class Fails:
    possible_agents = ["a"]
    def action_space(self, agent): return 5
    def reset(self, seed=None, options=None):
        self.frame = 0
        return {}, {}
    def step(self, actions):
        self.frame += 1
        # Beyond what is tried at load.
        if self.frame > 200 and actions["a"] == 1: raise ValueError("not this one")
        return {}, {"a": float(actions["a"])}, {"a": False}, {"a": False}, {"a": {}}
    def get_state(self): return (self.frame,)
    def set_state(self, state): (self.frame,) = state
`;
  const environment = await loadEnvironmentInto(python, { source, source_name: 'fails.py' });
  const game = new Game(environment);
  game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
  play(game, 0, [...new Array<number>(200).fill(0), 1, 2]);
  expect(() => game.run()).toThrow('not this one');
  game.push(REQUEST.load, 200);
  play(game, 200, [3, 2, 4, 2, 3]);
  for (let f = 0; f < 205; f++) game.export(f);
  const rows = [...readRows(Buffer.concat(game.run().rows))];
  expect(rows.slice(200).map((row) => row.rewards[0])).toEqual([3, 2, 4, 2, 3]);
});

test('a rollback of twelve frames is one call into Python', async () => {
  // Brings the adapter.
  await load('counters');
  python.runPython(`
from cotrial_host.host import Host
Host.calls, run_uncounted = 0, Host.run
def counted(self, length):
    Host.calls += 1
    return run_uncounted(self, length)
Host.run = counted
`);
  try {
    const game = new Game(await load('counters'));
    game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
    for (let f = 0; f < 12; f++) game.advance(f, 1).push(REQUEST.save, f + 1);
    game.run();
    python.runPython('Host.calls = 0');
    game.push(REQUEST.load, 0);
    for (let f = 0; f < 13; f++) game.advance(f, 2).push(REQUEST.save, f + 1);
    for (let f = 0; f < 12; f++) game.push(REQUEST.checksum, f).export(f);
    const { rows } = game.push(REQUEST.prune, 5).push(REQUEST.render, 0).run();
    expect(rows).toHaveLength(12);
    expect(python.runPython('Host.calls')).toBe(1);
  } finally {
    python.runPython('Host.run = run_uncounted');
  }
});

test('the smallest environment of docs/environments.md plays to its end', async () => {
  const docs = readFileSync(new URL('../../../docs/environments.md', import.meta.url), 'utf8');
  const source = /```python\n([^`]*)```/.exec(docs)![1]!;
  const game = new Game(await loadEnvironmentInto(python, { source, source_name: 'race.py' }));
  const { frames, rows } = game.straight(1, 1000);
  expect(frames).toBeLessThan(1000);
  const last = [...readRows(Buffer.concat(rows))].at(-1)!;
  expect(last.terminated).toEqual([true, true]);
  game.push(REQUEST.render, 0);
  expect(game.run().draws).toHaveLength(1);
});

describe('native CPython', () => {
  const missing = pythonIsMissing();

  test.skipIf(missing !== null)(
    `gives the same bytes as Pyodide${missing === null ? '' : ` (skipped: ${missing})`}`,
    async () => {
      const script = fileURLToPath(new URL('./native.py', import.meta.url));
      const { stdout, stderr } = spawnSync(
        'python3',
        [script, ...NAMES.map((name) => `environments/${name}`)],
        {
          env: { ...process.env, PYTHONHASHSEED: '0' },
          encoding: 'utf8',
        },
      );
      expect(stderr).toBe('');
      const report = JSON.parse(stdout) as Record<string, { digest: string; differing: unknown[] }>;
      for (const name of NAMES) {
        expect(report[`environments/${name}`]?.differing, name).toEqual([]);
        if (!NOT_NATIVE.includes(name)) {
          expect(report[`environments/${name}`]?.digest, name).toBe(await digestOf(name));
        }
      }
    },
  );
});

/** As native.py makes it: checksum and row of every frame, for each seed. */
async function digestOf(name: string): Promise<string> {
  const game = new Game(await load(name));
  const hash = createHash('sha256');
  for (const seed of SEEDS) {
    const { rows, checksums } = game.straight(seed, FRAMES);
    rows.forEach((row, i) => hash.update(Buffer.from(checksums[i]!, 'hex')).update(row));
  }
  return hash.digest('hex');
}

/** Why there is no Python to test with, or null. */
function pythonIsMissing(): string | null {
  try {
    const code = 'import sys; print(*sys.version_info[:2])';
    const answer = execFileSync('python3', ['-c', code], { encoding: 'utf8' });
    const [major, minor] = answer.trim().split(' ').map(Number);
    return major === 3 && minor! >= 10 ? null : `python3 is ${major}.${minor}, 3.10 is needed`;
  } catch {
    return 'there is no python3 here';
  }
}

test('an environment that holds is not walked through for the names of its parts', async () => {
  await load('own_methods');
  // It is most of what verification cost: five milliseconds a frame in a participant's browser.
  python.runPython(`
import cotrial_host.verify as verify
def refuse(*_):
    raise AssertionError("walked through")
walked, verify.paths = verify.paths, refuse`);
  try {
    for (const [name, tier] of [
      ['own_methods', 'own_methods'],
      ['counters', 'snapshot'],
    ] as const) {
      expect((await load(name)).description).toMatchObject({ tier });
    }
  } finally {
    python.runPython('verify.paths = walked');
  }
});
