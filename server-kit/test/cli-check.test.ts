/**
 * `cotrial check`: every environment of check-environments/faulty says in its first line what must
 * be found (`# finds: fault KIND WHERE`, where WHERE is a part of the finding's `where`); those of
 * check-environments/clean and the demo games pass without a word.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type * as Environment from '../src/cli/check-environment.ts';
import type { CheckOptions, CheckReport } from '../src/cli/check-environment.ts';
import type * as Interpreters from '../src/cli/check-interpreter.ts';
import type { Interpreter } from '../src/cli/check-interpreter.ts';
import type { InterpreterSettings } from '../src/cli/check-messages.ts';
import { bundleCli, type Bundle } from './cli-bundle.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const filesOf = (folder: string): string[] =>
  readdirSync(here(folder))
    .filter((name) => name.endsWith('.py') && !name.startsWith('test_') && name !== 'contract.py')
    .map((name) => here(`${folder}/${name}`));

/** What is planted shows early. */
const EFFORT = 0.15;

// On a machine that is busy with other tests.
vi.setConfig({ testTimeout: 240_000 });

let bundle: Bundle;
let check: (options: CheckOptions) => Promise<CheckReport>;
/** Idle interpreters by their settings: a start takes seconds, and environments can share one. */
const idle = new Map<string, Interpreter[]>();

beforeAll(async () => {
  bundle = await bundleCli(['check-environment', 'check-interpreter', 'check-worker', 'main']);
  const { checkWith } = await bundle.load<typeof Environment>('check-environment');
  const interpreters = await bundle.load<typeof Interpreters>('check-interpreter');
  check = (options) => {
    const taken: [string, Interpreter][] = [];
    const take = (settings: InterpreterSettings): Interpreter => {
      // By the place in the check, too: those that are compared must have done the same.
      const key = `${taken.length} ${JSON.stringify(settings)}`;
      const limits = { call: 2_500, load: 10_000, busy: 60_000 };
      const interpreter = idle.get(key)?.pop() ?? new interpreters.Interpreter(settings, limits);
      taken.push([key, interpreter]);
      return interpreter;
    };
    const release = (): Promise<void> => {
      for (const [key, interpreter] of taken) {
        if (interpreter.usable) idle.set(key, [...(idle.get(key) ?? []), interpreter]);
      }
      return Promise.resolve();
    };
    return checkWith({ take, release }, options, EFFORT);
  };
});

afterAll(async () => {
  await Promise.all([...idle.values()].flat().map((interpreter) => interpreter.close()));
  bundle.remove();
});

describe('clean environments pass without a word', () => {
  const games = filesOf('../../demos/games');
  test.each(
    [...filesOf('check-environments/clean'), ...games].map((path) => [basename(path), path]),
  )('%s', async (_, path) => {
    const { faults, notes, tier, costs } = await check({ path });
    expect({ faults, notes }).toEqual({ faults: [], notes: [] });
    expect(tier).toMatch(/^(own_methods|snapshot)$/);
    expect(costs.step!.p50).toBeGreaterThan(0);
  });
});

describe('a planted weakness is named', () => {
  test.each(
    filesOf('check-environments/faulty').map((path) => {
      const first = readFileSync(path, 'utf8').split('\n')[0]!;
      const [, weight, kind, where] = /^# finds: (fault|note) ([\w|]+) ?(.*)$/.exec(first)!;
      return [basename(path), weight!, kind!, where!, path] as const;
    }),
  )('%s: %s %s %s', async (_, weight, kind, where, path) => {
    const { faults, notes } = await check({ path });
    const found = weight === 'fault' ? faults : notes;
    const finding = found.find(
      (one) => kind.split('|').includes(one.kind) && one.where.includes(where),
    );
    expect(finding, JSON.stringify({ faults, notes }, null, 1)).toBeDefined();
    expect(finding!.where).toContain(basename(path));
    expect(Object.keys(finding!)).toEqual(['kind', 'where', 'message', 'remedy']);
    // The check's own doing is none of the environment's methods.
    expect(finding!.message).not.toMatch(/ in check\b/);
    // Notes are covered: they never fail a pilot.
    if (weight === 'note') expect(faults).toEqual([]);
  });
});

test('every entry of a picture that is wrong is told of', async () => {
  const { notes } = await check({ path: here('check-environments/faulty/drawn_wrong.py') });
  expect(notes.map(({ message }) => message).sort()).toEqual([
    'An entry "circle" is not drawn: r is missing.',
    'An entry "star" is not drawn: the type is unknown.',
    'Entry sand "rect" is drawn without colour: no such field.',
  ]);
});

describe('what cannot be checked says why', () => {
  test.each([
    ['import_error', /no module named 'a_package_that_is_not_there'/],
    ['syntax_error', /SyntaxError[^]*line 2/],
    ['nothing', /no environment found/],
    ['fails_to_construct', /ZeroDivisionError[^]*line 3/],
    ['absent', /does not exist/],
  ])('%s', async (name, message) => {
    const path = here(`check-environments/broken/${name}.py`);
    await expect(check({ path })).rejects.toThrow(message);
    await expect(check({ path })).rejects.toMatchObject({ name: 'CannotDo' });
  });

  test('an environment for another number of players', async () => {
    const path = here('check-environments/clean/integer_agents.py');
    await expect(check({ path, players: 2 })).rejects.toThrow('is for 3 players, not 2');
  });
});

test('options, players and frames a second reach the environment', async () => {
  const path = here('../../demos/games/commons.py');
  const report = await check({ path, players: 4, fps: 50, options: { regrowth: 0.5 } });
  expect(report).toMatchObject({ faults: [], notes: [], costs: { frame: 20 } });
  await expect(check({ path, options: { regrowth: 'fast' } })).rejects.toThrow('regrowth');
});

describe('the command', () => {
  const cotrial = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const program = `import { main } from ${JSON.stringify(pathToFileURL(bundle.file('main')).href)};
        process.exitCode = await main(process.argv.slice(1));`;
      execFile(
        process.execPath,
        ['--input-type=module', '--eval', program, '--', 'check', ...args],
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });

  test('--json is one line of the report, whatever the environment prints', async () => {
    const path = here('check-environments/faulty/chatty.py');
    const { code, stdout, stderr } = await cotrial(path, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as CheckReport;
    expect(Object.keys(report)).toEqual(['faults', 'notes', 'costs', 'tier']);
    expect(report.tier).toBe('snapshot');
    expect(report.notes.map(({ kind }) => kind)).toEqual(['clock']);
  });

  test('a fault is exit status 1, in words; a file that does not run is 2', async () => {
    const shape = await cotrial(here('check-environments/faulty/four_values.py'));
    expect(shape).toMatchObject({ code: 1, stderr: '' });
    expect(shape.stdout).toContain('1 fault, 0 notes');
    for (const line of shape.stdout.split('\n')) {
      if (!line.startsWith('fault') && !line.includes('four_values.py')) {
        expect(line.length).toBeLessThanOrEqual(80);
      }
    }
    const syntax = await cotrial(here('check-environments/broken/syntax_error.py'), '--json');
    expect(syntax).toMatchObject({ code: 2, stdout: '' });
    expect(syntax.stderr).toMatch(/^cotrial: .*syntax_error\.py cannot be loaded: SyntaxError/);
  });
});
