/** Arrays of pixels, from `render()` to the entry that the page draws. */
import { loadPyodide } from 'pyodide';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { decodeDrawList, type DrawList } from '../../src/render/draw-list.ts';
import { REQUEST } from '../../src/rollback/index.ts';
import { Game } from '../python/harness.ts';

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
});

/** An environment with this `render`, indented by four spaces. */
async function gameWith(render: string, metadata = '{}'): Promise<Game> {
  const source = `
import random
class Game:
    metadata = ${metadata}
    possible_agents = ["a", "b"]
    def action_space(self, agent):
        return 2
    def reset(self, seed=None, options=None):
        self.agents = ["a", "b"]
        self.frames = 0
        return {}, {}
    def step(self, actions):
        self.frames += 1
        none = dict.fromkeys(self.agents, False)
        return {}, {}, none, none, {}
    def render(self):
${render}
`;
  return new Game(await loadEnvironmentInto(python, { source, source_name: 'game.py' }));
}

function drawn(game: Game, player = 0): DrawList {
  game.push(REQUEST.reset, 1).push(REQUEST.render, player);
  return decodeDrawList(game.run().draws[0]!);
}

const pixels = (list: DrawList) => list.entries.map(({ shape }) => shape);

describe('an array of pixels', () => {
  it('leaves Python as its bytes, whichever way it was made', async () => {
    const expected = { type: 'pixels', width: 3, height: 2, channels: 3 };
    const data = Uint8Array.from({ length: 18 }, (_, i) => i * 10);
    for (const render of [
      'return memoryview(bytes(range(0, 180, 10))).cast("B", (2, 3, 3))',
      'return [[[y * 90 + x * 30 + c * 10 for c in range(3)] for x in range(3)] for y in range(2)]',
      'return tuple([tuple([(y * 90 + x * 30, y * 90 + x * 30 + 10, y * 90 + x * 30 + 20) for x in range(3)]) for y in range(2)])',
      'return {"a": memoryview(bytes(range(0, 180, 10))).cast("B", (2, 3, 3)), "b": []}',
    ]) {
      const game = await gameWith(`        ${render}`);
      expect(pixels(drawn(game)), render).toEqual([{ ...expected, data }]);
    }
  });

  it('may be grey, or have opacity', async () => {
    const grey = await gameWith('        return [[0, 128, 255]]');
    expect(pixels(drawn(grey))).toMatchObject([{ width: 3, height: 1, channels: 1 }]);
    const clear = await gameWith('        return [[[1, 2, 3, 4]]]');
    expect(pixels(drawn(clear))).toMatchObject([{ width: 1, height: 1, channels: 4 }]);
  });

  it('says how large the picture is where the metadata do not', async () => {
    const render = '        return memoryview(bytes(24)).cast("B", (2, 4, 3))';
    const measured = await gameWith(render);
    expect(measured.environment.description.render_size).toEqual([4, 2]);
    const told = await gameWith(render, '{"render_size": (40, 20)}');
    expect(told.environment.description.render_size).toEqual([40, 20]);
    const list = await gameWith('        return []');
    expect(list.environment.description.render_size).toBeNull();
  });

  it('takes the place of the draw list that came before', async () => {
    const game = await gameWith(`        if self.frames == 0:
            return [{"type": "circle", "id": 1, "x": 0, "y": 0, "r": 1, "persist": True}]
        return [[[1, 2, 3]]]`);
    game.push(REQUEST.reset, 1).push(REQUEST.render, 0).advance(0, 1).push(REQUEST.render, 0);
    const [before, after] = game.run().draws.map((bytes) => pixels(decodeDrawList(bytes)));
    expect(before).toMatchObject([{ type: 'circle' }]);
    expect(after).toMatchObject([{ type: 'circle', r: 0 }, { type: 'pixels' }]);
  });

  it.each([
    ['rows of different lengths', '[[1, 2], [3]]', 'its rows have different lengths'],
    ['pixels of different lengths', '[[[1, 2, 3], [3]]]', 'its pixels have different lengths'],
    ['values beyond a byte', '[[1, 256]]', 'range(0, 256)'],
    ['values that are no integers', '[[0.5, 1.0]]', 'whole numbers from 0 to 255'],
    ['two channels', '[[[1, 2]]]', '(height, width, 3) for RGB'],
    ['nothing in it', '[[]]', '(height, width, 3) for RGB'],
    ['a shape of one side', 'memoryview(b"abc")', '(height, width, 3) for RGB'],
    ['floats', 'memoryview(bytes(8)).cast("f", (1, 2))', 'unsigned bytes'],
  ])('is named, not fatal, with %s', async (_, array, message) => {
    python.runPython('import io, sys; sys.stderr = io.StringIO()');
    const game = await gameWith(`        return ${array}`);
    expect(drawn(game)).toEqual({ entries: [], faults: [] });
    drawn(game);
    const said = String(python.runPython('sys.stderr.getvalue()'));
    expect(said.split(message)).toHaveLength(2);
  });
});

describe('the list of images', () => {
  it('is that of the metadata; what is no address is left out', async () => {
    const game = await gameWith('        return []', '{"render_images": ["a.png", 5, "b.png"]}');
    expect(game.environment.description.render_images).toEqual(['a.png', 'b.png']);
    const none = await gameWith('        return []', '{"render_images": 5}');
    expect(none.environment.description.render_images).toEqual([]);
  });
});
