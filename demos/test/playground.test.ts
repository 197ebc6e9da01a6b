import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Autopilot } from '../../server-kit/src/playground/pages/autopilot.js';
import { readSettings } from '../../server-kit/src/playground/pages/settings.js';
import { games } from '../playground/games.js';

type Keys = Record<string, number>;
const HANDS = ['wasd', 'arrows'] as const;

interface Settings {
  skip: boolean;
  autopilot: boolean;
  seed: number;
  hints: string[];
  trial: { keys: Keys; press_keys: string[]; touch_buttons: { key: string }[] } & Record<
    string,
    unknown
  >;
}

function settingsOf(game: string, query: string): Settings {
  const entry = games.find(({ name }) => name === game);
  return readSettings(entry, new URLSearchParams(query));
}

describe('the list of games', () => {
  it.each(games)('$name: every hand reaches every action, by keys and by touch', (game) => {
    const folder = fileURLToPath(new URL('../games', import.meta.url));
    const code = `import ${game.name} as g; print(g.make_env().action_space("player_0"))`;
    const python = spawnSync('python3', ['-B', '-c', code], { cwd: folder, encoding: 'utf8' });
    expect(python.status, python.stderr).toBe(0);
    const moves = Array.from({ length: Number(python.stdout) - 1 }, (_, i) => i + 1);
    for (const hand of HANDS) {
      const keys: Keys = game.keys[hand];
      expect([...new Set(Object.values(keys))].sort()).toEqual(moves);
      const buttons = game.touch[hand].map(({ key }) => key);
      for (const button of buttons) expect(Object.keys(keys)).toContain(button);
      // A chord is reached by holding its parts' buttons.
      const reached = Object.entries(keys).filter(([entry]) =>
        entry.split('+').every((key) => buttons.includes(key)),
      );
      expect([...new Set(reached.map(([, action]) => action))].sort()).toEqual(moves);
    }
    expect(Object.keys(game.keys.wasd).filter((key) => key in game.keys.arrows)).toEqual([]);
  });
});

describe("the page's address", () => {
  it('leaves everything to the game and the defaults when it says nothing', () => {
    const { trial, ...rest } = settingsOf('volley', '');
    expect(rest).toMatchObject({ skip: false, autopilot: false });
    expect(trial).toMatchObject({
      game: 'volley',
      environment: '/games/volley.py',
      input_delay: 2,
    });
    expect(settingsOf('kitchen', '').trial).toMatchObject({ input_delay: 0 });
    for (const name of ['fps', 'episodes', 'relay_only', 'participant']) {
      expect(trial).not.toHaveProperty(name);
    }
    expect(Object.keys(trial.keys)).toEqual(expect.arrayContaining(['w+a', 'ArrowUp+ArrowLeft']));
  });

  it('sets plugin parameters', () => {
    const query =
      'skip=1&autopilot=1&seed=7&fps=15&episodes=2&max_steps=1000&input_delay=3&relay_only=1&participant=p-1';
    const { trial, ...rest } = settingsOf('kitchen', query);
    expect(rest).toMatchObject({ skip: true, autopilot: true, seed: 7 });
    expect(trial).toMatchObject({
      fps: 15,
      episodes: 2,
      max_steps: 1000,
      input_delay: 3,
      relay_only: true,
      participant: 'p-1',
    });
    expect(settingsOf('kitchen', 'input_delay=adaptive').trial).toMatchObject({
      input_delay: 'adaptive',
    });
  });

  it('sets the options that the game has, and no others', () => {
    const { trial } = settingsOf('kitchen', 'layout=ring&cook_time=2.5&scoring=cooperative');
    expect(trial.environment_options).toEqual({ layout: 'ring', cook_time: 2.5 });
  });

  it('sets the number of players where the game has a choice, within its bounds', () => {
    const players = (query: string) =>
      (settingsOf('commons', query).trial['environment_options'] as { players: number }).players;
    expect(['players=5', 'players=99', 'players=0', 'players=two'].map(players)).toEqual([
      5,
      8,
      2,
      players(''),
    ]);
    expect(settingsOf('volley', 'players=4').trial['environment_options']).toEqual({});
  });

  it('chooses a hand of keys', () => {
    const { trial, hints } = settingsOf('kitchen', 'keys=wasd');
    expect(Object.keys(trial.keys)).toEqual(['w', 's', 'a', 'd', 'e', ' ']);
    expect(trial.press_keys).toEqual(['e', ' ']);
    expect(trial.touch_buttons.map(({ key }) => key)).toContain('e');
    expect(hints).toHaveLength(1);
    expect(settingsOf('kitchen', 'keys=nonsense').hints).toHaveLength(2);
  });
});

describe('the autopilot', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** What it presses in ten seconds of play. */
  function pressed(seed: number): string[] {
    const events: string[] = [];
    const autopilot = new Autopilot(
      ['a', 'd', 'w', 'w+a'],
      seed,
      ({ type, key }: { type: string; key: string }) => {
        events.push(`${type} ${key}`);
      },
    );
    autopilot.switch(true);
    expect(events).toEqual([]);
    autopilot.allow(true);
    vi.advanceTimersByTime(10_000);
    autopilot.switch(false);
    const sofar = events.length;
    vi.advanceTimersByTime(10_000);
    expect(events).toHaveLength(sofar);
    return events;
  }

  it('presses the same keys for the same seed', () => {
    expect(pressed(3)).toEqual(pressed(3));
    expect(pressed(3)).not.toEqual(pressed(4));
  });

  it('uses every key, never one twice at once, and leaves none down', () => {
    const down = new Set<string>();
    const used = new Set<string>();
    for (const event of pressed(5)) {
      const [type, key] = event.split(' ') as [string, string];
      expect(down.has(key), event).toBe(type === 'keyup');
      if (type === 'keydown') down.add(key);
      else down.delete(key);
      used.add(key);
    }
    expect([...used].sort()).toEqual(['a', 'd', 'w']);
    expect(down.size).toBe(0);
  });
});
