import { loadPyodide } from './pyodides.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeMarshal, readRows } from '../../src/contract/index.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import {
  EnvironmentError,
  loadEnvironmentInto,
  loadPyodideEnvironment,
  startPython,
} from '../../src/environment/pyodide-environment.ts';
import { decodeDrawList } from '../../src/render/draw-list.ts';
import { Scene } from '../../src/render/scene.ts';
import { REQUEST } from '../../src/rollback/requests.ts';
import { Game, sourceOf } from './harness.ts';

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
});

/** A whole environment; `parts` replace its methods' bodies. */
function environment(parts: {
  head?: string;
  init?: string;
  space?: string;
  reset?: string;
  step?: string;
  more?: string;
}): string {
  return `
import math
${parts.head ?? ''}
class Game:
    possible_agents = ["a", "b"]
    def __init__(self):
        ${parts.init ?? 'self.agents = ["a", "b"]'}
    def action_space(self, agent):
        ${parts.space ?? 'return 3'}
    def reset(self, seed=None, options=None):
        self.time = 0
        ${parts.reset ?? 'return {}, {}'}
    def step(self, actions):
        self.time += 1
        done = {"a": False, "b": False}
        ${parts.step ?? 'return {}, {"a": 0}, done, done, {}'}
    ${parts.more ?? ''}
`;
}

async function load(source: string, options: Record<string, unknown> = {}): Promise<Game> {
  return new Game(await loadEnvironmentInto(python, { source, source_name: 'game.py', options }));
}

async function faultOf(task: () => unknown): Promise<EnvironmentError> {
  try {
    await task();
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('what cannot be loaded', () => {
  const cases: [name: string, source: string, where: string, message: RegExp][] = [
    ['no environment', 'x = 1', 'load', /no environment found: define make_env/],
    ['bad syntax', 'class Game(:\n  pass', 'load', /SyntaxError/],
    ['a missing package', 'import numpy', 'load', /numpy.*packages/],
    ['a missing method', 'class env:\n  def step(self): pass', 'load', /no method reset/],
    ['an error in __init__', environment({ init: '1 / 0' }), 'load', /ZeroDivisionError/],
    [
      'no possible_agents',
      environment({}).replace('possible_agents', 'players'),
      'load',
      /no possible_agents/,
    ],
    [
      'an agent named twice',
      environment({}).replace('["a", "b"]', '[1, "1"]'),
      'load',
      /names an agent twice/,
    ],
    ['no action space', environment({ space: 'return None' }), 'action_space', /integer n/],
    ['no action', environment({ space: 'return 0' }), 'action_space', /at least one/],
    [
      'an error in action_space',
      environment({ space: 'raise KeyError(agent)' }),
      'action_space',
      /'a'/,
    ],
    ['an error in reset', environment({ reset: 'raise ValueError("seed")' }), 'reset', /seed/],
    ['a reset without infos', environment({ reset: 'return {}' }), 'reset', /type dict; return/],
    ['a step of four', environment({ step: 'return {}, {}, done, {}' }), 'step', /a tuple of 4/],
    ['a step of nothing', environment({ step: 'pass' }), 'step', /type NoneType/],
    [
      'an unknown agent',
      environment({ step: 'return {}, {"c": 1}, done, done, {}' }),
      'step',
      /rewards have 'c'/,
    ],
    [
      'an unknown agent in agents',
      environment({ step: 'self.agents = ["a", "x"]; return {}, {}, done, done, {}' }),
      'step',
      /agents lists \['x'\]/,
    ],
    [
      'a reward that is not finite',
      environment({ step: 'return {}, {"a": math.inf}, done, done, {}' }),
      'step',
      /reward of 'a' is inf/,
    ],
    [
      'a reward that is no number',
      environment({ step: 'return {}, {"a": "1"}, done, done, {}' }),
      'step',
      /reward of 'a' is '1'/,
    ],
    [
      'infos that are no dictionary',
      environment({ step: 'return {}, {"a": 1}, done, done, {"a": 5}' }),
      'step',
      /info of 'a' is a value of type int/,
    ],
    [
      'render_size that is no size',
      environment({ more: 'metadata = {"render_size": 5}' }),
      'load',
      /must be \(width, height\)/,
    ],
  ];
  test.each(cases)('%s', async (_name, source, where, message) => {
    const fault = await faultOf(() => load(source));
    expect(fault.message).toMatch(message);
    expect(fault.where).toBe(where);
  });

  test('the traceback shows the lines of the environment only', async () => {
    const { traceback } = await faultOf(() => load(environment({ init: 'self.x = 1 / 0' })));
    expect(traceback).toContain('self.x = 1 / 0');
    expect(traceback).toContain('game.py');
    expect(traceback).not.toContain('cotrial_host');
  });

  test('options that nobody takes', async () => {
    const fault = await faultOf(() => load(environment({}), { players: 2 }));
    expect(fault.message).toMatch(/players/);
  });

  test('a Pyodide that is not there', async () => {
    const url = new URL('./no-such-folder', import.meta.url).href;
    const fault = await faultOf(() =>
      loadPyodideEnvironment({ pyodide: { url }, source: '', source_name: 'game.py' }),
    );
    expect(fault.where).toBe('python');
    expect(fault.message).toContain('no-such-folder');
  });
});

describe('errors in play', () => {
  const start = (game: Game): Game => game.push(REQUEST.reset, 1).push(REQUEST.save, 0);

  test('an error in step ends the list, and a load goes on from before', async () => {
    const game = await load(
      environment({ step: 'if self.time == 160: raise ValueError("late"); return' }).replace(
        'raise ValueError("late"); return',
        'raise ValueError("late")\n        return {}, {"a": 0}, done, done, {}',
      ),
    );
    start(game).run();
    for (let f = 0; f < 159; f++) game.advance(f, 1).push(REQUEST.save, f + 1);
    game.run();
    const fault = await faultOf(() => game.advance(159, 1).push(REQUEST.save, 160).run());
    expect(fault).toMatchObject({ where: 'step', message: 'ValueError: late' });
    expect(fault.traceback).toContain('raise ValueError("late")');
    expect((await faultOf(() => game.advance(160, 1).run())).where).toBe('host');
    game.push(REQUEST.load, 158).advance(158, 1).push(REQUEST.checksum, 157).run();
  });

  test('an error in render', async () => {
    const more = 'def render(self): return self.nothing if self.time else []';
    const game = await load(environment({ more }));
    start(game).advance(0, 1).run();
    const fault = await faultOf(() => game.push(REQUEST.render, 0).run());
    expect(fault).toMatchObject({ where: 'render', message: /no attribute 'nothing'/ });
  });

  test('an error in get_state', async () => {
    const source = sourceOf('own_methods').replace(
      'return self.state\n',
      'return self.state if len(self.state["list"]) < 4 else 1 / 0\n',
    );
    const late = source.replace('.pop(0)', '.pop(0) if self.state["t"] < 2000 else 0');
    const game = await load(late);
    expect(game.environment.description.tier).toBe('own_methods');
    const fault = await faultOf(() => game.straight(1, 2000));
    expect(fault).toMatchObject({ where: 'get_state', message: /ZeroDivisionError/ });
  });

  test('a reward that is not finite later on names its frame when the row is due', async () => {
    const step = 'return {}, {"a": math.nan if self.time > 150 else 0}, done, done, {}';
    const game = await load(environment({ step }));
    const fault = await faultOf(() => game.straight(1, 160));
    expect(fault).toMatchObject({ where: 'step', message: /reward of 'a' is nan/ });
  });

  test('a state that was not saved', async () => {
    const game = await load(environment({}));
    expect((await faultOf(() => start(game).push(REQUEST.load, 7).run())).where).toBe('host');
  });
});

describe('answers', () => {
  test('a list may be larger than the buffers, and so may its answers', async () => {
    const game = await load(sourceOf('odd_infos'));
    game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
    for (let f = 0; f < 2000; f++) game.advance(f, 1).push(REQUEST.save, f + 1);
    for (let f = 0; f < 2000; f++) game.export(f);
    expect([...readRows(Buffer.concat(game.run().rows))]).toHaveLength(2000);
  });

  // From frame 50 on, which nobody sees at load.
  test.each([
    ['a list that grows', 'path = self.path if self.time > 50 else 0; rewards = {}; info = {}'],
    ['rewards kept', 'path = 0; rewards = self.rewards if self.time > 50 else {}; info = {}'],
    ['an info kept', 'path = 0; rewards = {}; info = self.info if self.time > 50 else {}'],
  ])('what a step returned is recorded as it was, whatever changes later: %s', async (_, code) => {
    const step = `
        self.path.append(self.time)
        if self.time % 3 == 0:
            self.rewards = {}
            self.info = {}
        ${code}
        rewards["a"] = self.time
        info.update(at=self.time, path=path)
        return {}, rewards, done, done, {"a": info, "b": {}}`;
    const reset = 'self.path = []; self.rewards = {}; self.info = {}; return {}, {}';
    const game = await load(environment({ step, reset }));
    const rows = [...readRows(Buffer.concat(game.straight(1, 80).rows))];
    const again = [...readRows(Buffer.concat(game.rolledBack(1, 80, 6).rows))];
    expect(again).toEqual(rows);
    rows.forEach((row, frame) => {
      const path = Array.from({ length: frame + 1 }, (_, i) => i + 1);
      expect(row.rewards[0]).toBe(frame + 1);
      expect(row.infos[0]!.get('at')).toBe(frame + 1);
      const shown = code.startsWith('path = self') && frame >= 50 ? JSON.stringify(path) : 0;
      expect(row.infos[0]!.get('path')).toBe(shown);
    });
  });

  // From frame 50 on, which nobody sees at load.
  describe('a state whose values change after all is gone back to as it was', () => {
    const source = environment({
      reset: 'self.path = []; return {}, {}',
      step: `
        self.path.append(self.time * actions["a"])
        return {}, {"a": sum(self.path)}, done, done, {}`,
      more: `
    def get_state(self):
        if self.time < 50:
            return self.time, tuple(self.path)
        return self.time, self.path
    def set_state(self, state):
        self.time, path = state
        self.path = list(path)`,
    });

    test('from whatever frame on', async () => {
      const game = await load(source);
      expect(game.environment.description.tier).toBe('own_methods');
      const straight = game.straight(1, 80);
      expect(game.rolledBack(1, 80, 6)).toEqual({ ...straight, frames: undefined });
      expect(new Set(straight.checksums).size).toBe(80);
    });

    test('with what is older forgotten, as in play', async () => {
      const game = await load(source);
      const rewards = (rolledBack: boolean): unknown[] => {
        game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
        const rows: Uint8Array[] = [];
        for (let frame = 0; frame < 90; frame++) {
          // First on frame 71, when all states that are left may have changed.
          const goesBack = rolledBack && frame > 65;
          game.advance(frame, frame % 9 === 5 && goesBack ? 2 : 1).push(REQUEST.save, frame + 1);
          if (goesBack && frame % 9 === 8) {
            game.push(REQUEST.load, frame - 3);
            for (let f = frame - 3; f <= frame; f++) game.advance(f, 1).push(REQUEST.save, f + 1);
          }
          const agreed = frame - 8;
          if (agreed < 0) continue;
          if (agreed % 40 === 0) game.push(REQUEST.checksum, agreed);
          rows.push(...game.export(agreed).push(REQUEST.prune, agreed).run().rows);
        }
        return [...readRows(Buffer.concat(rows))].map((row) => row.rewards);
      };
      expect(rewards(true)).toEqual(rewards(false));
    });
  });

  test('nothing is stepped after the episode ended, in the same list', async () => {
    const game = await load(sourceOf('finish_early'));
    game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
    for (let f = 0; f < 50; f++)
      game
        .advance(f, 1)
        .push(REQUEST.save, f + 1)
        .export(f);
    const { over, rows } = game.run();
    expect(over).toBe(36);
    expect(rows).toHaveLength(37);
    game.push(REQUEST.load, 30).advance(30, 1).export(30);
    expect(game.run().over).toBe(null);
  });

  test('statuses, absent agents and missing values', async () => {
    const game = await load(sourceOf('finish_early'));
    const { rows } = game.straight(1, 50);
    const all = [...readRows(Buffer.concat(rows))];
    expect(all[10]).toMatchObject({
      statuses: ['playing', 'playing', 'playing'],
      terminated: [true, false, false],
      input_delays: [2, 2, 2],
      is_focused: [true, true, true],
    });
    expect(all[11]).toMatchObject({ statuses: ['finished', 'playing', 'playing'] });
    expect(all[11]!.actions[0]).toBe(null);
    expect(all[11]!.rewards[0]).toBe(null);
    expect(all[11]!.infos[0]).toBe(null);
  });

  test('infos are flat, sorted and plain', async () => {
    const game = await load(sourceOf('odd_infos'));
    const rows = [...readRows(Buffer.concat(game.straight(1, 60).rows))];
    const keys = (frame: number) => [...rows[frame]!.infos[0]!.keys()];
    expect(keys(0)).toEqual(['big', 'flag', 'z']);
    expect(keys(2)).toEqual(['big', 'flag', 'nested.deep.7', 'nested.deep.list', 'nested.x', 'z']);
    expect(rows[2]!.infos[0]!.get('nested.deep.list')).toBe('[1,[2,3]]');
    expect(Object.is(rows[2]!.infos[0]!.get('z'), -0)).toBe(true);
    expect(rows[0]!.infos[0]!.get('big')).toBe(2n ** 70n + 1n);
    expect(rows[3]!.infos[0]!.get('level')).toBe(2);
    expect(rows[3]!.infos[0]!.get('text')).toBe('é');
    expect(rows[4]!.infos[0]!.get('object')).toBe('<object>');
    expect(rows[4]!.infos[0]!.get('set')).toBe('[1,2,3]');
    expect(rows[4]!.infos[0]!.get('lone')).toBe('?');
    expect(rows[5]!.rewards).toEqual([1, null]);
    expect(rows[0]!.infos[1]).toBe(null);
    expect(rows[1]!.infos[1]!.size).toBe(0);
  });

  test('a seat whose player left, and bytes that mean no action, play the default action', async () => {
    const game = await load(sourceOf('wide_spaces'));
    game.push(REQUEST.reset, 1).advance(0, 1);
    const words = [...game.list.words.slice(0, game.list.length)];
    const width = (words.length - 4) / 4;
    words[4] = 2;
    words.fill(-1, 4 + width + 1, 4 + 2 * width);
    game.list.clear();
    words.forEach((word) => game.list.push(word));
    const [row] = [...readRows(Buffer.concat(game.export(0).run().rows))];
    expect(row!.actions[0]).toBe(1);
    expect(row!.actions[1]).toEqual([0, 0, 0]);
  });

  test('draw lists for all and for each, with what has no plain form left out', async () => {
    const entry = '{"type": "circle", "x": self.time, "y": 1, "r": 2}';
    const one = await load(environment({ more: `def render(self): return [${entry}]` }));
    const each = await load(
      environment({ more: `def render(self): return {"a": [], "b": [${entry}, {"x": object()}]}` }),
    );
    const draw = (game: Game, player: number) => {
      game.push(REQUEST.reset, 1).push(REQUEST.render, player);
      return decodeMarshal(game.run().draws[0]!) as unknown[];
    };
    expect(draw(one, 1)).toHaveLength(1);
    expect(draw(each, 0)).toEqual([]);
    expect(draw(each, 1)).toHaveLength(1);
  });
});

describe('draw lists', () => {
  const more = `def render(self):
        walls = [{"type": "rect", "id": i, "x": 0, "y": 0, "w": self.width, "h": 1, "persist": True}
                 for i in self.walls]
        return walls + [{"type": "circle", "id": "ball", "x": self.time, "y": 1, "r": 2},
                        {"type": "circle", "x": 1, "y": 1, "r": 1, "persist": True}]`;
  const step = `
        if self.time == 2: self.width = 9
        if self.time == 3: self.walls.remove("wall_1")
        return {}, {"a": 0}, done, done, {}`;
  const reset = 'self.width = 5; self.walls = [f"wall_{i}" for i in range(3)]; return {}, {}';
  const picture = async (): Promise<{ game: Game; scene: Scene; draw: () => unknown[] }> => {
    const game = await load(environment({ more, step, reset }));
    const scene = new Scene();
    const draw = (): unknown[] => {
      const bytes = game.push(REQUEST.render, 0).run().draws[0]!;
      scene.apply(decodeDrawList(bytes).entries);
      return (decodeMarshal(bytes) as Map<unknown, unknown>[]).map((entry) => entry.get('id'));
    };
    game.push(REQUEST.reset, 1).push(REQUEST.save, 0);
    return { game, scene, draw };
  };

  test('what persists is sent once, again when it changes, and taken back', async () => {
    const { game, scene, draw } = await picture();
    const advance = (frame: number) => game.advance(frame, 1).push(REQUEST.save, frame + 1);
    const widths = () =>
      scene.entries().flatMap(({ shape }) => (shape.type === 'rect' ? [shape.w] : []));
    // An entry that persists without an id is the page's to name.
    expect(draw()).toEqual(['wall_0', 'wall_1', 'wall_2', 'ball', undefined]);
    advance(0);
    expect(draw()).toEqual(['ball', undefined]);
    expect(widths()).toEqual([5, 5, 5]);
    advance(1);
    expect(draw()).toEqual(['wall_0', 'wall_1', 'wall_2', 'ball', undefined]);
    expect(widths()).toEqual([9, 9, 9]);
    advance(2);
    expect(draw()).toEqual(['wall_1', 'ball', undefined]);
    expect(widths()).toEqual([9, 9]);
    game.push(REQUEST.load, 0);
    expect(draw()).toEqual(['wall_0', 'wall_1', 'wall_2', 'ball', undefined]);
    expect(widths()).toEqual([5, 5, 5]);
  });

  test('a new episode, which may be on a new page, has everything sent again', async () => {
    const { game, draw } = await picture();
    const first = draw();
    game.push(REQUEST.reset, 1);
    expect(draw()).toEqual(first);
  });
});

describe('description', () => {
  test('agents, spaces, sizes, costs', async () => {
    const { description } = (await load(sourceOf('wide_spaces'))).environment;
    expect(description.agents.map((agent) => agent.action_space)).toEqual([
      { kind: 'discrete', n: 5, start: -2 },
      { kind: 'multi_discrete', nvec: [3, 1000, 2] },
      { kind: 'multi_binary', n: 4 },
      {
        kind: 'box',
        shape: [2, 2],
        low: [-1, -1, -1, -1],
        high: [1, 1, 1, 1],
        integer: false,
      },
    ]);
    expect(description.agents.map((agent) => agent.action_bytes)).toEqual([1, 6, 4, 16]);
    expect(description.action_bytes).toBe(16);
    expect([...description.agents[0]!.default_action]).toEqual([3]);
    expect(description.costs.step).toBeGreaterThan(0);
  });

  test('frames a second and picture size come from metadata', async () => {
    const { description } = (await load(sourceOf('counters'))).environment;
    expect(description).toMatchObject({ fps: 20, render_size: [100, 50], tier: 'snapshot' });
    expect(description.tier_reason).toContain('get_state');
  });

  test('an incomplete get_state is named', async () => {
    const { description } = (await load(sourceOf('incomplete_methods'))).environment;
    expect(description.tier_reason).toContain('self.forgotten is not restored');
  });

  test('state that cannot be kept is played again from the seed', async () => {
    const { description } = (await load(sourceOf('started_iterator'))).environment;
    expect(description.tier).toBe('replay');
    expect(description.tier_reason).toMatch(
      /self\.path is an iterator, which cannot be put back \(self\.at differs when frame/,
    );
  });

  test('all iterators are named that hold a part of the state', async () => {
    const source = sourceOf('started_iterator').replace(
      'self.at = 0',
      'self.at, self.turns = 0, itertools.cycle(self.agents)',
    );
    const { description } = (await load(`import itertools\n${source}`)).environment;
    expect(description.tier_reason).toContain('self.path, self.turns are iterators, which');
  });

  test('what never does the same twice is played in lockstep, and says so', async () => {
    const game = await load(
      environment({
        head: 'count = iter(range(10**9))\nimport itertools',
        step: 'return {}, {"a": id(object()) + next(itertools.count(id(self)))}, done, done, {}',
      }),
    );
    const { description } = game.environment;
    expect(description.tier).toBe('lockstep');
    expect(description.tier_reason).toMatch(/playing an episode again does not lead to the same/);
    expect(game.straight(1, 30).rows).toHaveLength(30);
    const fault = await faultOf(() => game.push(REQUEST.load, 10).run());
    expect(fault).toMatchObject({ where: 'state', message: /lockstep/ });
  });

  test('the hash follows source and options, not the name', async () => {
    const of = async (source_name: string, options: Record<string, unknown>) =>
      (
        await loadEnvironmentInto(python, {
          source: sourceOf('integer_agents'),
          source_name,
          options,
        })
      ).description.sha256;
    const first = await of('one.py', { players: 2 });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await of('two.py', { players: 2 })).toBe(first);
    expect(await of('one.py', { players: 3 })).not.toBe(first);
  });
});
