/** A game in Pyodide that goes back: the second picture is that of the shown state, corrected. */
import { loadPyodide } from 'pyodide';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadPyodideEnvironment } from '../../src/environment/pyodide-environment.ts';
import { PictureRequests } from '../../src/game/picture-requests.ts';
import { decodeDrawing } from '../../src/render/drawing.ts';
import { decodeDrawList, type DrawEntry } from '../../src/render/draw-list.ts';
import { REQUEST } from '../../src/rollback/index.ts';
import { Game, type Answers } from '../python/harness.ts';

const VOLLEY = new URL('../../../demos/games/volley.py', import.meta.url);
/** Frames stepped on wrong inputs, and then again. */
const DEPTH = 6;
const FRAMES = 40;

const moving = (list: Uint8Array): DrawEntry[] =>
  decodeDrawList(list).entries.filter(({ persist }) => !persist);

it('the shown state comes again as it should have been, and the play is the same', async () => {
  const source = readFileSync(VOLLEY, 'utf8');
  const environment = await loadPyodideEnvironment({
    pyodide: { loadPyodide },
    source,
    source_name: 'volley.py',
  });
  const game = new Game(environment);
  const { agents, action_bytes } = environment.description;

  // What each state looks like when every input is known at once.
  const pictures: DrawEntry[][] = [];
  const straight: string[] = [];
  game.push(REQUEST.reset, 5).push(REQUEST.save, 0).run();
  for (let frame = 0; frame < FRAMES; frame++) {
    game
      .advance(frame, 5)
      .push(REQUEST.save, frame + 1)
      .push(REQUEST.checksum, frame);
    const answers = game.push(REQUEST.render, 0).run();
    pictures[frame + 1] = moving(answers.draws[0]!);
    straight.push(...answers.checksums);
  }

  const requests = new PictureRequests(0, agents.length, action_bytes);
  /** Runs the game's list with the requests for pictures; what the page would get. */
  function tick(state: number): { answers: Answers; corrected: DrawEntry[] | null } {
    requests.ask(game.list);
    const answers = game.run();
    const last = answers.draws.length - 1;
    let drawing: Uint8Array | null = null;
    answers.draws.forEach((list, i) => {
      drawing = requests.take(i === last ? state : state - 1, list);
    });
    const { corrected } = decodeDrawing(drawing ?? new Uint8Array(0));
    return { answers, corrected: corrected === null ? null : moving(corrected) };
  }

  const rolledBack: string[] = [];
  game.push(REQUEST.reset, 5).push(REQUEST.save, 0).run();
  let corrections = 0;
  for (let frame = 0; frame < FRAMES; frame++) {
    // This frame's inputs are wrong at first, and known on the next tick.
    const first = Math.max(0, frame - DEPTH);
    if (frame > 0) {
      game.push(REQUEST.load, first);
      for (let f = first; f < frame; f++) game.advance(f, 5).push(REQUEST.save, f + 1);
    }
    game.advance(frame, 77).push(REQUEST.save, frame + 1);
    const { corrected } = tick(frame + 1);
    if (frame === 0) {
      expect(corrected).toBeNull();
      continue;
    }
    expect(corrected).toEqual(pictures[frame]);
    corrections += 1;
    rolledBack.push(...game.push(REQUEST.checksum, frame - 1).run().checksums);
  }
  expect(corrections).toBe(FRAMES - 1);
  expect(rolledBack).toEqual(straight.slice(0, FRAMES - 1));
});
