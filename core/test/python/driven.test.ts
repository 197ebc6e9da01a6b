import { loadPyodide } from './pyodides.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../src/contract/index.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';
import { REQUEST } from '../../src/rollback/requests.ts';
import { Game } from './harness.ts';

let python: Pyodide;
let partner: Pyodide;
beforeAll(async () => {
  [python, partner] = [await startPython({ loadPyodide }), await startPython({ loadPyodide })];
});

/** Shows what `expression` gave in `__init__`, `reset` and `step`, and calls it in `render`. */
const sourceOf = (expression: string): string => `
import datetime, os, random, secrets, time, uuid
import uuid as ids
from datetime import datetime as moment
from os import urandom
from random import Random
from time import time as clock

class Driven:
    possible_agents = ["a"]
    metadata = {"render_fps": 20}

    def __init__(self):
        self.built = self.take()

    def take(self):
        return str(${expression})

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.begun = self.take()
        return {}, {}

    def step(self, actions):
        info = {"built": self.built, "begun": self.begun, "now": self.take(), "again": self.take()}
        return {}, {"a": 0}, {"a": False}, {"a": False}, {"a": info}

    def render(self):
        self.take()
        return []
`;

const FRAMES = 30;
const play = async (into: Pyodide, expression: string, seed: number, depth = 0) => {
  const source = sourceOf(expression);
  const environment = await loadEnvironmentInto(into, { source, source_name: 'driven.py' });
  expect(environment.description.tier, environment.description.tier_reason).toBe('snapshot');
  const game = new Game(environment);
  if (depth === 0) game.straight(3, FRAMES);
  else game.rolledBack(3, FRAMES, depth);
  const { rows } = depth === 0 ? game.straight(seed, FRAMES) : game.rolledBack(seed, FRAMES, depth);
  return [...readRows(Buffer.concat(rows))].map((row) => Object.fromEntries(row.infos[0]!));
};

const CLOCKS = [
  'time.time()',
  'clock()',
  'time.time_ns()',
  'time.monotonic()',
  'time.monotonic_ns()',
  'time.perf_counter()',
  'time.perf_counter_ns()',
  'time.process_time()',
  'datetime.datetime.now()',
  'datetime.datetime.now(datetime.timezone.utc)',
  'datetime.datetime.utcnow()',
  'moment.now()',
];
const ENTROPY = [
  'os.urandom(8).hex()',
  'urandom(100).hex()',
  'uuid.uuid4()',
  'uuid.uuid1()',
  'ids.uuid4()',
  'secrets.token_hex(8)',
  'secrets.randbelow(10 ** 9)',
  'random.SystemRandom().random()',
  'random.seed() or random.random()',
  'random.Random().random()',
  'Random().getrandbits(40)',
];

describe.each([...CLOCKS, ...ENTROPY])('%s', (expression) => {
  test('is the same in two browsers, whatever is rolled back, and moves on', async () => {
    const rows = await play(python, expression, 5);
    expect(await play(partner, expression, 5, 4)).toEqual(rows);
    const values = rows.flatMap(({ now, again }) => [now, again]);
    expect(new Set(values).size).toBe(values.length);
    const other = await play(python, expression, 6);
    if (ENTROPY.includes(expression)) expect(other[9]!['now']).not.toBe(rows[9]!['now']);
    else expect(other[9]).toEqual(rows[9]);
  });
});

test('texts have the same hash everywhere, so that sets of them have the same order', () => {
  const hash = (into: Pyodide) => into.runPython('hash("a participant")');
  expect(hash(partner)).toBe(hash(python));
});

test('time goes by the frames a second that the environment names', async () => {
  const rows = await play(python, 'time.time() - 1767225600', 5);
  rows.forEach(({ now }, frame) => expect(Number(now)).toBeCloseTo(frame / 20, 3));
  const [first] = await play(python, 'datetime.datetime.now()', 5);
  expect(first!['now']).toMatch(/^2026-01-01 00:00:00/);
});

test('a second has as many frames as the match, whatever the environment names', async () => {
  const source = sourceOf('time.time() - 1767225600');
  const environment = await loadEnvironmentInto(python, { source, source_name: 'driven.py' });
  environment.setRate(50);
  const game = new Game(environment);
  const rows = [...readRows(Buffer.concat(game.straight(5, FRAMES).rows))];
  expect(Number(rows[25]!.infos[0]!.get('now'))).toBeCloseTo(0.5, 3);
});

test('local times are UTC in play, wherever the participant lives', async () => {
  const rows = await play(python, '(time.localtime()[:5], time.strftime("%H:%M"))', 5);
  expect(rows[0]!['now']).toBe("((2026, 1, 1, 0, 0), '00:00')");
});

test('drawing moves nothing', async () => {
  const source = sourceOf('os.urandom(4).hex()');
  const numbers = async (draws: number): Promise<unknown[]> => {
    const game = new Game(await loadEnvironmentInto(python, { source, source_name: 'driven.py' }));
    game.push(REQUEST.reset, 1);
    for (let frame = 0; frame < 5; frame++) {
      for (let n = 0; n < draws; n++) game.push(REQUEST.render, 0);
      game.advance(frame, 1).export(frame);
    }
    return [...readRows(Buffer.concat(game.run().rows))].map((row) => row.infos[0]!.get('now'));
  };
  expect(await numbers(2)).toEqual(await numbers(0));
});

test('outside of play everything is as it was', async () => {
  await play(python, 'time.time()', 5);
  const show = (expression: string): string =>
    python.runPython(`import datetime, os, time, uuid, random\nstr(${expression})`) as string;
  const seconds = Number(show('time.time()'));
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60);
  expect(Number(show('datetime.datetime.now(datetime.timezone.utc).timestamp()'))).toBeGreaterThan(
    seconds - 1,
  );
  for (const entropy of [
    'os.urandom(8)',
    'uuid.uuid1()',
    'uuid.uuid4()',
    'random.Random().random()',
  ])
    expect(show(entropy)).not.toBe(show(entropy));
  expect(show('isinstance(datetime.datetime(2026, 1, 1), datetime.date)')).toBe('True');
});
