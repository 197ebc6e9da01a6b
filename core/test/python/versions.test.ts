/** The oldest and the newest Pyodide (PY-11); COTRIAL_TEST_PYODIDE=oldest runs all files on it. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import {
  EnvironmentError,
  loadEnvironmentInto,
  startPython,
} from '../../src/environment/pyodide-environment.ts';
import { Game, sourceOf } from './harness.ts';
import { PYODIDES } from './pyodides.ts';

const pythons: Record<string, Pyodide> = {};
beforeAll(async () => {
  for (const [name, loadPyodide] of Object.entries(PYODIDES)) {
    pythons[name] = await startPython({ loadPyodide });
  }
});
const load = async (python: Pyodide, name: string) =>
  new Game(
    await loadEnvironmentInto(python, { source: sourceOf(name), source_name: `${name}.py` }),
  );

const NAMES = [
  ...['own_methods', 'many_kinds', 'closures', 'started_iterator', 'own_random', 'odd_infos'],
  ...['contract/turns', 'contract/gymnasium_list', 'contract/absent_libraries'],
  ...['contract/rule_04_wrapper_chain', 'contract/rule_06_unseeded_generators'],
  ...['contract/reads_clocks', 'contract/spaces_by_any_name'],
];

describe.each(NAMES)('%s', (name) => {
  test('plays alike on the oldest and the newest', async () => {
    const records = [];
    for (const python of Object.values(pythons)) {
      const game = await load(python, name);
      const straight = game.straight(5, 30);
      const rolled = game.rolledBack(5, straight.frames, 4);
      expect(rolled.checksums).toEqual(straight.checksums);
      expect(Buffer.concat(rolled.rows).equals(Buffer.concat(straight.rows))).toBe(true);
      records.push(straight.rows.map((row) => Buffer.from(row).toString('hex')));
    }
    expect(records[1]).toEqual(records[0]);
  });
});

test('peers with different ones have different hashes', async () => {
  const [newest, oldest] = await Promise.all(
    Object.values(pythons).map(async (python) => (await load(python, 'counters')).environment),
  );
  expect(newest!.description.pyodide_version).not.toBe(oldest!.description.pyodide_version);
  expect(newest!.description.sha256).not.toBe(oldest!.description.sha256);
});

test('an error on the oldest has its traceback', async () => {
  const error: unknown = await loadEnvironmentInto(pythons['oldest']!, {
    source: sourceOf('counters').replace(
      'def step(self, actions):',
      (line) => `${line}\n        1 / 0`,
    ),
    source_name: 'counters.py',
  }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect((error as EnvironmentError).traceback).toContain('counters.py');
});
