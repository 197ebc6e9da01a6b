/** What `cotrial play` makes of an environment of which it knows nothing else. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { actionBytes, encodeAction } from '../../core/src/environment/actions.ts';
import type {
  ActionSpace,
  Agent,
  EnvironmentDescription,
} from '../../core/src/environment/environment.ts';
import { controlsFor } from '../src/cli/keys.ts';
import { gameOf, type About } from '../src/cli/play-game.ts';

const BOX: ActionSpace = {
  kind: 'box',
  shape: [2],
  low: [-1, -3e38],
  high: [1, 3e38],
  integer: false,
};

function agent(id: string, space: ActionSpace, idle: number | number[]): Agent {
  const default_action = encodeAction(space, idle);
  return { id, action_space: space, action_bytes: actionBytes(space), default_action };
}

const SPACES: [string, ActionSpace, number | number[], number][] = [
  ['discrete', { kind: 'discrete', n: 6, start: 2 }, 3, 5],
  ['multi_discrete', { kind: 'multi_discrete', nvec: [3, 2] }, [1, 0], 3],
  ['multi_binary', { kind: 'multi_binary', n: 3 }, [0, 0, 0], 3],
  ['box', BOX, [0, 0], 4],
  ['large discrete', { kind: 'discrete', n: 300, start: 0 }, 299, 19],
  ['one action', { kind: 'discrete', n: 1, start: 0 }, 0, 0],
];

describe('keys', () => {
  it.each(SPACES)('%s: every key is an action of the space, and none does nothing', (...row) => {
    const [, space, idle, singles] = row;
    const { keys, hints, touch } = controlsFor([agent('a', space, idle)]);
    for (const hand of ['wasd', 'arrows'] as const) {
      const entries = Object.entries(keys[hand]) as [string, number | number[]][];
      for (const [, action] of entries) {
        expect(encodeAction(space, action)).toHaveLength(actionBytes(space));
        expect(action).not.toEqual(idle);
      }
      const plain = entries.filter(([key]) => !key.includes('+'));
      if (row[0] !== 'large discrete') expect(plain).toHaveLength(singles);
      expect((hints[hand].match(/<kbd>/g) ?? []).length).toBe(plain.length);
      for (const button of touch[hand] as { key: string }[]) {
        expect(keys[hand]).toHaveProperty([button.key]);
      }
    }
    expect(Object.keys(keys.wasd).filter((key) => key in keys.arrows)).toEqual([]);
  });

  it('sets two parts by two keys, and never one part twice', () => {
    const space: ActionSpace = { kind: 'multi_discrete', nvec: [3, 2] };
    const { keys } = controlsFor([agent('a', space, [0, 0])]);
    expect(keys.wasd).toEqual({
      ...{ a: [1, 0], d: [2, 0], w: [0, 1] },
      ...{ 'a+w': [1, 1], 'd+w': [2, 1] },
    });
  });

  it('gives each agent its own where spaces differ', () => {
    const agents = [
      agent('few', { kind: 'discrete', n: 2, start: 0 }, 0),
      agent('many', { kind: 'discrete', n: 3, start: 0 }, 0),
    ];
    expect(controlsFor(agents).keys.arrows).toEqual({
      few: { ArrowLeft: 1 },
      many: { ArrowLeft: 1, ArrowRight: 2 },
    });
  });
});

describe('the game', () => {
  const made = (about: Partial<About>, seats = 2) =>
    gameOf(
      { name: 'my_game', path: '/lab/my_game.py', source: '' },
      {
        agents: Array.from({ length: seats }, (_, i) =>
          agent(`p${i}`, { kind: 'discrete', n: 2, start: 0 }, 0),
        ),
        fps: 20,
      } as EnvironmentDescription,
      { doc: '', options: {}, players: [seats], ...about },
      { fps: null, packages: [], options: {} },
      { faults: [], notes: [] },
    );

  it('shows the first paragraph of what the file says of itself, as text', () => {
    const game = made({ doc: 'My game: catch <b>it</b>\nif you can.\n\nNotes.' });
    expect(game.title).toBe('My game');
    expect(game.blurb).toBe('Catch <b>it</b> if you can.');
    expect(game.instructions).toBe('<p>Catch &#60;b&#62;it&#60;/b&#62; if you can.</p>');
    expect(game.max_steps).toBe(1200);
  });

  it('is for the numbers of players around the usual one that work', () => {
    expect(made({}).players).toBe(2);
    expect(made({ players: [1, 2, 3, 6] }).players).toEqual({ least: 1, most: 3, usual: 2 });
  });
});

describe('describe.py', () => {
  const SOURCE = `"""A game.
    More."""
class Game:
    def __init__(self, players=2, speed: float = 1.5, layout="ring", hard=False, cells=(1, 2)):
        if players > 3: raise ValueError("3 at most")
        self.possible_agents = list(range(players))
    def action_space(self, agent): return 2
    def reset(self, seed=None, options=None): return {}, {}
    def step(self, actions): return {}, {}, {}, {}, {}
`;
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

  const FACTORY = `${SOURCE}\ndef make_env(**options): return Game(**options)\n`;

  it.each([SOURCE, FACTORY])('finds options with their kinds, and how many can play', (source) => {
    const code = 'import sys, describe; print(describe.describe(sys.argv[1], "game.py", "{}"))';
    const PYTHONPATH = `${here('../src/cli')}:${here('../../core/src/environment/python')}`;
    const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
    const python = spawnSync('python3', ['-c', code, source], { env, encoding: 'utf8' });
    expect(python.stderr).toBe('');
    expect(JSON.parse(python.stdout)).toEqual({
      doc: 'A game.\nMore.',
      options: { speed: 'number', layout: 'text', hard: 'truth', cells: 'json' },
      players: [1, 2, 3],
    });
  });
});
