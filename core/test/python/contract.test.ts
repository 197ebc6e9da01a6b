/**
 * What an environment may be: small ones of every shape, and one at least for each of the fifteen
 * things that real environments do (`rule_01` to `rule_15`). Those in contract-numpy and
 * contract-packages need NumPy, gymnasium or pettingzoo: they run on native CPython, and under
 * Pyodide, too, where COTRIAL_PYODIDE_DIR names a folder that has these packages.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../src/contract/index.ts';
import type { EnvironmentNote, StateTier } from '../../src/environment/environment.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';
import { REQUEST } from '../../src/rollback/requests.ts';
import { Game, sourceOf, type Answers } from './harness.ts';
import { loadPyodide, pyodideWithNumpy } from './pyodides.ts';

const namesIn = (folder: string): string[] =>
  readdirSync(new URL(`./${folder}`, import.meta.url))
    .filter((name) => name.endsWith('.py'))
    .map((name) => name.slice(0, -'.py'.length))
    .sort();

/** All others are kept as snapshots. */
const TIERS: Record<string, StateTier> = {
  rule_05_state_out_of_reach: 'replay',
  rule_07_copies_draw_entropy: 'own_methods',
  rule_11_shared_equals: 'own_methods',
  rule_15_caches_of_caches: 'replay',
};
const FRAMES = 45;
const DEPTHS = [2, 7];

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
});
const load = async (name: string, options = {}, into = python, packages: string[] = []) =>
  new Game(
    await loadEnvironmentInto(into, {
      source: sourceOf(name),
      source_name: `${name}.py`,
      options,
      packages,
    }),
  );

const record = ({ rows, checksums }: Answers): string =>
  `${Buffer.concat(rows).toString('hex')} ${checksums.join()}`;
const rowsOf = ({ rows }: Answers) => [...readRows(Buffer.concat(rows))];

/** Plays straight ahead, with rollbacks, and after another episode: always the same record. */
function playEveryWay(game: Game): Answers & { frames: number } {
  const straight = game.straight(5, FRAMES);
  for (const depth of DEPTHS) {
    const rolled = game.rolledBack(5, straight.frames, depth);
    expect(record(rolled), `depth ${depth}`).toBe(record(straight));
  }
  game.straight(6, FRAMES);
  expect(record(game.straight(5, FRAMES))).toBe(record(straight));
  expect(rowsOf(straight)).toHaveLength(straight.frames);
  return straight;
}

describe.each(namesIn('contract'))('%s', (name) => {
  test('plays, and rollbacks change nothing', async () => {
    const game = await load(`contract/${name}`);
    const { tier, tier_reason } = game.environment.description;
    expect(tier, tier_reason).toBe(TIERS[name] ?? 'snapshot');
    playEveryWay(game);
  });
});

describe('what real environments do', () => {
  const play = async (name: string, seed = 5) => rowsOf((await load(name)).straight(seed, FRAMES));
  const reasonOf = async (name: string) => (await load(name)).environment.description.tier_reason;

  test('rule 1: a state that loads and breaks the next step is not used', async () => {
    expect(await reasonOf('contract/rule_01_state_that_loads_but_breaks')).toMatch(
      /get_state and set_state are not used: frame 0 fails when it is played again.*cells/,
    );
  });

  test('rule 5: state that is out of reach is named', async () => {
    expect(await reasonOf('contract/rule_05_state_out_of_reach')).toContain('json.moves changes');
  });

  test('rule 6: generators without a seed draw alike for all, and differently by episode', async () => {
    const name = 'contract/rule_06_unseeded_generators';
    const [one, again, other] = [await play(name), await play(name), await play(name, 6)];
    expect(again).toEqual(one);
    for (const key of ['early', 'late', 'fresh']) {
      expect(one.map((row) => row.infos[0]!.get(key))).not.toEqual(
        other.map((row) => row.infos[0]!.get(key)),
      );
    }
  });

  test('rule 7: saving more or fewer states draws nothing from a frame', async () => {
    const game = await load('contract/rule_07_copies_draw_entropy');
    const sums = (every: number) => {
      game.push(REQUEST.reset, 5).push(REQUEST.save, 0);
      for (let frame = 0; frame < 20; frame++) {
        game.advance(frame, 5);
        if (frame % every === 0) game.push(REQUEST.save, frame + 1);
        game.export(frame);
      }
      return rowsOf(game.run()).map((row) => row.rewards[0]);
    };
    expect(sums(1)).toEqual(sums(7));
  });

  test('rule 9: every reset has the seed of its episode', async () => {
    const name = 'contract/rule_09_needs_a_seed';
    expect(await play(name, 5)).not.toEqual(await play(name, 6));
  });

  test('rule 10: every episode starts as the first one', async () => {
    const game = await load('contract/rule_10_incomplete_reset');
    const games = [5, 6, 7].map((seed) =>
      rowsOf(game.straight(seed, 3))[0]!.infos[0]!.get('games'),
    );
    expect(new Set(games)).toEqual(new Set([2]));
  });

  test('rule 13: agents out of play have no cells, and come back', async () => {
    const rows = await play('contract/agents_come_and_go');
    expect(rows[0]!.statuses).toEqual(['finished', 'playing', 'finished', 'finished']);
    expect(rows[3]!.statuses).toEqual(['finished', 'finished', 'playing', 'playing']);
    expect(rows).toHaveLength(40);
  });

  test('rule 14: what is returned is recorded as it was', async () => {
    const rows = await play('contract/rule_14_results_are_the_state');
    const infos = rows.map((row) => row.infos[0]!);
    expect(infos[0]!.get('missing')).toBe('[0]');
    expect(infos[5]!.get('missing')).toBe('[0,0,0,0,0,0]');
    expect(infos[5]!.get('chain.y')).toBe(2);
    expect(infos[5]!.get('range')).toBe('<range>');
    expect(rows[0]!.rewards[0]).not.toBe(rows[9]!.rewards[0]);
  });

  test.each([
    ['attributes', 'contract/rule_15_lazy_caches'],
    ['a set', 'contract/rule_15_set_of_what_is_drawn'],
  ])('rule 15: what drawing keeps in %s changes no checksum', async (_, name) => {
    const game = await load(name);
    const checksums = (drawn: boolean) => {
      game.push(REQUEST.reset, 5).push(REQUEST.save, 0);
      for (let frame = 0; frame < 20; frame++) {
        if (drawn) game.push(REQUEST.render, 0);
        game
          .advance(frame, 5)
          .push(REQUEST.save, frame + 1)
          .push(REQUEST.checksum, frame);
      }
      return game.run().checksums;
    };
    expect(checksums(true)).toEqual(checksums(false));
  });
});

describe('shapes', () => {
  const description = async (name: string) =>
    (await load(`contract/${name}`)).environment.description;
  const ids = async (name: string) => (await description(name)).agents.map(({ id }) => id);

  test('Gymnasium: one player, a list, a dictionary', async () => {
    expect(await ids('gymnasium_one_player')).toEqual(['player_0']);
    expect(await ids('gymnasium_list')).toEqual(['player_0', 'player_1', 'player_2']);
    expect(await ids('gymnasium_dictionary')).toEqual(['red', 'blue']);
    const [row] = rowsOf((await load('contract/gymnasium_one_player')).straight(5, 1));
    expect(row!.rewards[0]).toBe(row!.actions[0]);
    const several = rowsOf((await load('contract/gymnasium_list')).straight(5, FRAMES));
    // Some end before others, who go on; one info is everybody's.
    expect(several.at(-1)!.statuses).toContain('finished');
    expect(several[0]!.infos[0]).toEqual(several[0]!.infos[2]);
    const all = rowsOf((await load('contract/gymnasium_dictionary')).straight(5, FRAMES));
    expect(all.at(-1)!.terminated).toEqual([true, true]);
  });

  test('a factory has its options', async () => {
    const game = await load('contract/gymnasium_wrapped', { steps: 7 });
    expect(game.straight(1, FRAMES).frames).toBe(7);
    expect([...game.environment.description.agents[0]!.default_action]).toEqual([2]);
    const file = await load('contract/petting_zoo_file', { length: 2 });
    expect(file.straight(1, FRAMES).frames).toBeLessThan(10);
    expect(file.environment.description.fps).toBe(15);
  });

  test('turns: only the action of the selected agent counts, and waiting is no move', async () => {
    const game = await load('contract/turns');
    const { agents } = game.environment.description;
    expect(agents[0]!.action_space).toEqual({ kind: 'discrete', n: 5, start: 0 });
    expect([...agents[0]!.default_action]).toEqual([4]);
    const rows = rowsOf(game.straight(5, FRAMES));
    let turns = 0;
    for (const row of rows) {
      const seat = row.infos.findIndex((info) => info?.get('turn') === true);
      const waits = row.actions[seat] === 4;
      row.rewards.forEach((reward, i) => {
        if (reward === null) expect(row.statuses[i]).toBe('finished');
        else expect(reward).toBe(i === seat && !waits ? row.actions[seat] : 0);
      });
      if (!waits) turns++;
      if (seat >= 0 && !waits && row.infos[seat]!.has('moves')) {
        expect(row.infos[seat]!.get('moves')).toBe(turns);
      }
    }
    expect(rows.some((row) => row.statuses.includes('finished'))).toBe(true);
    expect(turns).toBe(20);
  });

  test('turns by last() alone, with an action of the environment for those who do nothing', async () => {
    const game = await load('contract/turns_smallest');
    expect(game.environment.description.agents[0]!.action_space).toMatchObject({ n: 3 });
    expect(rowsOf(game.straight(5, FRAMES)).at(-1)!.terminated).toContain(true);
  });

  test('spaces by any name, recorded by number', async () => {
    const { agents } = await description('spaces_by_any_name');
    expect(agents.map(({ action_space }) => action_space)).toEqual([
      { kind: 'discrete', n: 3, start: 0 },
      { kind: 'discrete', n: 2, start: 1 },
      ...[3, 4, 5, 2, 6].map((n) => ({ kind: 'discrete', n, start: 0 })),
    ]);
    const [row] = rowsOf((await load('contract/spaces_by_any_name')).straight(5, 1));
    expect(row!.infos[0]!.get('level')).toBe((row!.actions[1] as number) + 10);
    const one = await description('one_enum_for_all');
    expect(one.agents.map(({ default_action }) => [...default_action])).toEqual([[0], [2]]);
    const old = await description('dictionary_of_spaces');
    expect(old.agents[0]!.action_space).toEqual({
      kind: 'multi_discrete',
      nvec: [3, 300],
      start: [-1, 10],
    });
    expect(old.agents[1]!.action_space).toEqual({ kind: 'multi_binary', n: 2 });
    expect(old.agents[2]!.action_space).toMatchObject({ kind: 'box', integer: true });
  });
});

describe('what the host covers is said once', () => {
  const notesOf = async (name: string): Promise<EnvironmentNote[]> =>
    (await load(`contract/${name}`)).environment.description.notes;

  test('stand-ins for drawing libraries and for parts that browsers lack', async () => {
    const notes = await notesOf('absent_libraries');
    expect(notes.map((note) => note.message)).toEqual(
      ['cv2', 'matplotlib', 'pygame', 'PIL'].map(
        (name) => `${name} is not here, so a stand-in takes its place`,
      ),
    );
    expect(notes[2]!.remedy).toContain('cotrial vendor pygame-ce');
    const machine = (await notesOf('absent_machine')).map(({ message }) => message.split(' ')[0]);
    expect(machine).toEqual(['_multiprocessing', 'readline', 'resource']);
    expect(await notesOf('turns')).toEqual([]);
  });

  test('a package that failed halfway for want of a stand-in is imported anew', async () => {
    python.FS.mkdirTree('/halves/halves');
    const files = {
      __init__: 'from . import tools, heavy, later',
      tools: 'VALUE = 3',
      heavy: 'import _multiprocessing',
      // As in gymnasium: by the attribute of a package that is still being imported.
      later: 'import halves\nVALUE = halves.tools.VALUE',
    };
    for (const [name, text] of Object.entries(files)) {
      python.FS.writeFile(`/halves/halves/${name}.py`, text);
    }
    const source = `import sys\nsys.path.append("/halves")\nimport halves\n${sourceOf('counters')}`;
    const { description } = await loadEnvironmentInto(python, { source, source_name: 'halves.py' });
    expect(description.notes.map(({ message }) => message.split(' ')[0])).toEqual([
      '_multiprocessing',
    ]);
  });

  test('clocks and entropy, by method and line', async () => {
    expect(await notesOf('reads_clocks')).toEqual([
      expect.objectContaining({ kind: 'clock', where: 'reset', message: saying('time.time', 16) }),
      expect.objectContaining({ kind: 'clock', where: 'step', message: saying('time.time', 21) }),
      expect.objectContaining({
        kind: 'clock',
        where: 'step',
        message: saying('datetime.now', 22),
      }),
      expect.objectContaining({
        kind: 'entropy',
        where: 'step',
        message: saying('os.urandom', 23),
      }),
    ]);
  });
  const saying = (call: string, line: number): unknown =>
    expect.stringContaining(`${call} is asked in line ${line} of`);

  test('half of the state methods', async () => {
    const [note] = await notesOf('half_of_the_methods');
    expect(note).toMatchObject({
      kind: 'state_methods',
      where: 'get_state',
      message: 'there is get_state but no set_state, so neither is used',
    });
  });
});

interface NativeReport {
  tier?: StateTier;
  differing?: unknown[];
  checksums?: number;
  frames?: number;
  rows?: string[];
  notes?: EnvironmentNote[];
  error?: { where: string; message: string };
}

describe('with NumPy, gymnasium and pettingzoo on native CPython', () => {
  const program = fileURLToPath(new URL('../../../.cotrial/python/bin/python', import.meta.url));
  const missing = existsSync(program)
    ? ''
    : ' (SKIPPED: there is no .cotrial/python, which `npm test` makes with Python 3.10 or newer)';
  const names = ['contract-numpy', 'contract-packages'].flatMap((folder) =>
    namesIn(folder).map((name) => `${folder}/${name}`),
  );
  let reports: Record<string, NativeReport> = {};
  beforeAll(() => {
    if (missing !== '') return;
    const script = fileURLToPath(new URL('./native.py', import.meta.url));
    const { stdout, stderr } = spawnSync(program, ['-W', 'ignore', script, '--quick', ...names], {
      env: { ...process.env, PYTHONHASHSEED: '0' },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const line = stdout.trim().split('\n').at(-1)!;
    if (!line.startsWith('{')) throw new Error(stderr);
    reports = JSON.parse(line) as Record<string, NativeReport>;
  });
  const rowsIn = (name: string) => [
    ...readRows(Buffer.concat(reports[name]!.rows!.map((row) => Buffer.from(row, 'hex')))),
  ];

  const illegal = 'contract-packages/pettingzoo_tictactoe_raw';
  test.skipIf(missing !== '').each(names.filter((name) => name !== illegal))(
    `%s plays, and rollbacks change nothing${missing}`,
    (name) => {
      const { tier, differing, error } = reports[name]!;
      expect(error).toBeUndefined();
      expect(tier).toBe(name.endsWith('rule_07_copies_draw_entropy') ? 'own_methods' : 'snapshot');
      expect(differing).toEqual([]);
    },
  );

  test.skipIf(missing !== '')(`rule 12: the checksum tells types of numbers${missing}`, () => {
    expect(reports['contract-numpy/rule_12_dtypes']!.checksums).toBe(2);
  });

  test.skipIf(missing !== '')(`rule 13: NumPy's integers are agents${missing}`, () => {
    const rows = rowsIn('contract-numpy/rule_13_numbers_as_names');
    expect(rows[0]!.infos.map((info) => info!.get('agent'))).toEqual([0, 1, 2]);
    expect(rows.at(-1)!.statuses).toEqual(['finished', 'finished', 'playing']);
  });

  test.skipIf(missing !== '')(`rule 14: values without form in JSON have one${missing}`, () => {
    const info = rowsIn('contract-numpy/rule_14_odd_results')[0]!.infos[0]!;
    expect(info.get('flat')).toBe('<flatiter>');
    expect(info.get('half')).toBe(0.5);
    expect(info.get('cells')).toMatch(/^\[[\d.,]+\]$/);
  });

  test.skipIf(missing !== '')(`an illegal action is the environment's error${missing}`, () => {
    expect(reports[illegal]!.error).toMatchObject({
      where: 'step',
      message: 'AssertionError: Location is not empty',
    });
  });

  test.skipIf(missing !== '')(`PettingZoo's classics need no pygame${missing}`, () => {
    const { notes } = reports['contract-packages/pettingzoo_connect_four']!;
    expect(notes!.map(({ kind }) => kind)).toEqual(['stand_in']);
    const rows = rowsIn('contract-packages/pettingzoo_connect_four');
    expect(rows.at(-1)!.terminated).toEqual([true, true]);
  });
});

describe('with NumPy, gymnasium and pettingzoo under Pyodide', async () => {
  const source = await pyodideWithNumpy();
  const reason = source === null ? ' (SKIPPED: COTRIAL_PYODIDE_DIR names no folder with it)' : '';
  const packages = source?.packages ?? [];
  const needed = (name: string): string[] =>
    ['numpy', 'gymnasium', 'pettingzoo'].filter((module) =>
      new RegExp(`^(import|from) ${module}\\b`, 'm').test(sourceOf(name)),
    );
  const names = ['contract-numpy', 'contract-packages']
    .flatMap((folder) => namesIn(folder).map((name) => `${folder}/${name}`))
    .filter((name) => !name.endsWith('_raw'));
  let withNumpy: Pyodide;
  beforeAll(async () => {
    if (source !== null) withNumpy = await startPython(source);
  });

  for (const name of names) {
    const there = source !== null && needed(name).every((module) => packages.includes(module));
    test.skipIf(!there)(`${name} plays, and rollbacks change nothing${reason}`, async () => {
      const game = await load(name, {}, withNumpy, needed(name));
      const { tier, tier_reason } = game.environment.description;
      const own = name.endsWith('rule_07_copies_draw_entropy');
      expect(tier, tier_reason).toBe(own ? 'own_methods' : 'snapshot');
      playEveryWay(game);
    });
  }
});
