import fc from 'fast-check';
import { loadPyodide } from './pyodides.ts';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeMarshal } from '../../src/contract/index.ts';
import { EnvironmentError } from '../../src/environment/environment-error.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';
import { MAX_STATE_BYTES } from '../../src/protocol/state-message.ts';
import { REQUEST } from '../../src/rollback/requests.ts';
import { Game, sourceOf, type Answers } from './harness.ts';

let python: Pyodide;
let partner: Pyodide;
beforeAll(async () => {
  [python, partner] = [await startPython({ loadPyodide }), await startPython({ loadPyodide })];
});

/** Played again from the seed, or with what cannot be made anew. */
const NOT_SENT: Record<string, RegExp> = {
  started_iterator: /no state is kept/,
  built_iterator: /no state is kept/,
};
const NAMES = readdirSync(new URL('./environments', import.meta.url))
  .filter((name) => name.endsWith('.py'))
  .map((name) => name.slice(0, -'.py'.length));

const FRAMES = 30;
const FROM = 15;
const load = async (into: Pyodide, source: string): Promise<Game> =>
  new Game(await loadEnvironmentInto(into, { source, source_name: 'game.py' }));

const play = (game: Game, from: number, to: number, inputSeed: number): void => {
  for (let f = from; f < to; f++)
    game
      .advance(f, inputSeed)
      .push(REQUEST.save, f + 1)
      .run();
};
const record = (game: Game, from: number, to: number): Answers => {
  for (let f = from; f < to; f++) game.push(REQUEST.checksum, f).export(f);
  return game.run();
};
const start = (game: Game, seed: number): void => {
  game.push(REQUEST.reset, seed).push(REQUEST.save, 0).run();
};
const restore = (game: Game, frame: number, bytes: Uint8Array): Answers => {
  game.push(REQUEST.restore, frame).list.push(bytes.length);
  game.list.pushBytes(bytes, 0, bytes.length);
  return game.run();
};
const faultOf = (task: () => unknown): EnvironmentError => {
  try {
    task();
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error('nothing failed');
};

describe.each(NAMES)('%s', (name) => {
  test('a partner who went astray goes on from the state that was sent', async () => {
    const source = sourceOf(name);
    const right = await load(python, source);
    const astray = await load(partner, source);
    start(right, 3);
    start(astray, 3);
    play(right, 0, FROM, 3);
    play(astray, 0, FROM + 4, 77);
    if (NOT_SENT[name] !== undefined) {
      const fault = faultOf(() => right.push(REQUEST.dump, FROM).run());
      expect(fault).toMatchObject({ where: 'state', message: NOT_SENT[name] });
      return;
    }
    const [bytes] = right.push(REQUEST.dump, FROM).run().dumps;
    restore(astray, FROM, bytes!);
    for (const game of [right, astray]) play(game, FROM, FRAMES, 3);
    const [expected, got] = [right, astray].map((game) => record(game, FROM, FRAMES));
    expect(got!.checksums).toEqual(expected!.checksums);
    expect(Buffer.concat(got!.rows).equals(Buffer.concat(expected!.rows))).toBe(true);
    // The sender's own game is as it was, and the receiver can go back over what it took.
    astray.push(REQUEST.load, FROM).run();
    play(astray, FROM, FRAMES, 3);
    expect(record(astray, FROM, FRAMES).checksums).toEqual(expected!.checksums);
  });
});

describe('bytes that nobody sent', () => {
  test.each(['own_methods', 'counters', 'many_kinds', 'closures'])(
    'are refused and change nothing: %s',
    async (name) => {
      const game = await load(python, sourceOf(name));
      start(game, 3);
      play(game, 0, FROM, 3);
      const [bytes] = game.push(REQUEST.dump, FROM).run().dumps;
      const [before] = record(game, FROM - 1, FROM).checksums;
      const offer = (altered: Uint8Array): void => {
        try {
          restore(game, FROM, altered);
        } catch (error) {
          expect(error).toBeInstanceOf(EnvironmentError);
        }
        // Whatever was made of them, the game goes on.
        restore(game, FROM, bytes!);
      };
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
          offer(garbage);
        }),
        { numRuns: 60 },
      );
      fc.assert(
        fc.property(fc.nat(bytes!.length - 1), fc.nat(255), fc.nat(3), (at, value, cut) => {
          const altered = bytes!.slice(0, cut === 0 ? at : bytes!.length);
          if (cut !== 0) altered[at] = value;
          offer(altered);
        }),
        { numRuns: 150 },
      );
      expect(record(game, FROM - 1, FROM).checksums).toEqual([before]);
    },
  );

  test('are bounded, and so is what is sent', async () => {
    const game = await load(python, sourceOf('counters'));
    const limit = 'from cotrial_host.episode import MAX_STATE_BYTES; MAX_STATE_BYTES';
    expect(python.runPython(limit)).toBe(MAX_STATE_BYTES);
    start(game, 3);
    game.push(REQUEST.restore, 0).list.push(1 << 30);
    expect(faultOf(() => game.run()).message).toMatch(/impossible length/);
    const large = await load(
      python,
      sourceOf('own_methods').replace('"pair": (1, 2.5)', '"pair": "x" * (1 << 23)'),
    );
    start(large, 3);
    expect(faultOf(() => large.push(REQUEST.dump, 0).run()).message).toMatch(/too large/);
    // The game is as it was.
    play(large, 0, 3, 3);
  });

  test('what cannot be sent is named', async () => {
    const source = sourceOf('counters').replace(
      'self.agents = ',
      'import threading\n        self.strange = type("Strange", (), {})()\n        self.agents = ',
    );
    const right = await load(python, source);
    const other = await load(partner, source.replace('"Strange"', '"Other"'));
    start(right, 3);
    start(other, 3);
    const [bytes] = right.push(REQUEST.dump, 0).run().dumps;
    expect(decodeMarshal(bytes!)).toBeDefined();
    expect(faultOf(() => restore(other, 0, bytes!)).message).toMatch(/Strange cannot be made anew/);
  });
});
