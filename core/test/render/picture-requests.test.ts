/** Which pictures the worker asks for in a tick, and what it hands to the page. */
import { describe, expect, it } from 'vitest';
import { PictureRequests } from '../../src/game/picture-requests.ts';
import { decodeDrawing } from '../../src/render/drawing.ts';
import { REQUEST, RequestList } from '../../src/rollback/index.ts';

const PLAYERS = 3;
const ACTION_BYTES = 5;
const ME = 2;
const { reset, load, advance, save, checksum, export: row, render, prune, restore } = REQUEST;

function listOf(...requests: [request: number, word: number][]): RequestList {
  const list = new RequestList();
  for (const [request, word] of requests) {
    list.push(request);
    list.push(word);
    if (request === advance) for (let i = 0; i < PLAYERS * 3; i++) list.push(load);
    if (request === row) for (let i = 0; i < PLAYERS; i++) list.push(load);
    if (request === restore) for (const word of [5, load, load]) list.push(word);
  }
  return list;
}

const words = (list: RequestList) => [...list.words.subarray(0, list.length)];
const text = (bytes: Uint8Array | null) =>
  bytes === null ? null : new TextDecoder().decode(bytes);
const bytes = (letters: string) => new TextEncoder().encode(letters);
const drawing = (given: Uint8Array | null) => {
  if (given === null) return null;
  const { corrected, newest } = decodeDrawing(given);
  return [text(corrected), text(newest)];
};

/** The page has the picture of state 7. */
function playing(): PictureRequests {
  const pictures = new PictureRequests(ME, PLAYERS, ACTION_BYTES);
  const list = listOf([advance, 6], [save, 7]);
  pictures.ask(list);
  expect(words(list)).toEqual(words(listOf([advance, 6], [save, 7], [render, ME])));
  expect(drawing(pictures.take(7, bytes('[seven')))).toEqual([null, '[seven']);
  return pictures;
}

describe('the pictures of a tick', () => {
  it('are one, of the last state, as long as nothing is gone back to', () => {
    const pictures = playing();
    const tick: [number, number][] = [
      [prune, 3],
      [checksum, 5],
      [row, 5],
      [advance, 7],
      [save, 8],
    ];
    const list = listOf(...tick);
    pictures.ask(list);
    expect(words(list)).toEqual(words(listOf(...tick, [render, ME])));
    expect(drawing(pictures.take(8, bytes('[eight')))).toEqual([null, '[eight']);
  });

  it.each([
    ['load', load],
    ['take over a state', restore],
  ])(
    'are two after a rollback (%s): the shown state as it is now known, and the last',
    (_, kind) => {
      const pictures = playing();
      const before: [number, number][] = [
        [kind, 5],
        [advance, 5],
        [save, 6],
        [row, 4],
        [advance, 6],
      ];
      const list = listOf(...before, [save, 7], [advance, 7], [save, 8]);
      pictures.ask(list);
      const asked = listOf(
        ...before,
        [save, 7],
        [render, ME],
        [advance, 7],
        [save, 8],
        [render, ME],
      );
      expect(words(list)).toEqual(words(asked));
      expect(pictures.take(7, bytes('[better seven'))).toBeNull();
      expect(drawing(pictures.take(8, bytes('[eight')))).toEqual(['[better seven', '[eight']);
    },
  );

  it('need no save between the frames', () => {
    const pictures = playing();
    const list = listOf([load, 6], [advance, 6], [advance, 7]);
    pictures.ask(list);
    const asked = listOf([load, 6], [advance, 6], [render, ME], [advance, 7], [render, ME]);
    expect(words(list)).toEqual(words(asked));
  });

  it('are one, the corrected one, where no new frame is stepped', () => {
    const pictures = playing();
    const list = listOf([load, 6], [advance, 6], [save, 7]);
    pictures.ask(list);
    expect(words(list)).toEqual(words(listOf([load, 6], [advance, 6], [save, 7], [render, ME])));
    expect(drawing(pictures.take(7, bytes('[better seven')))).toEqual(['[better seven', null]);
  });

  it('are one where only frames that were never shown change', () => {
    const pictures = playing();
    const list = listOf([load, 7], [advance, 7], [save, 8]);
    pictures.ask(list);
    expect(words(list)).toEqual(words(listOf([load, 7], [advance, 7], [save, 8], [render, ME])));
  });

  it('are one in a new episode', () => {
    const pictures = playing();
    const list = listOf([reset, 99], [save, 0], [load, 0], [advance, 0], [advance, 1]);
    const plain = listOf(
      [reset, 99],
      [save, 0],
      [load, 0],
      [advance, 0],
      [advance, 1],
      [render, ME],
    );
    pictures.ask(list);
    expect(words(list)).toEqual(words(plain));
  });

  it('are both drawn where the corrected past ended the episode sooner', () => {
    const pictures = playing();
    pictures.ask(listOf([load, 5], [advance, 5], [advance, 6], [advance, 7]));
    expect(drawing(pictures.take(6, bytes('[end')))).toEqual([null, '[end']);
    expect(drawing(pictures.take(6, bytes('[]')))).toEqual([null, '[]']);
  });

  it('are one where they are arrays of pixels', () => {
    const pictures = playing();
    pictures.ask(listOf([advance, 7]));
    pictures.take(8, new Uint8Array(300_000));
    const list = listOf([load, 6], [advance, 6], [advance, 7], [advance, 8]);
    pictures.ask(list);
    const plain = listOf([load, 6], [advance, 6], [advance, 7], [advance, 8], [render, ME]);
    expect(words(list)).toEqual(words(plain));
  });
});

describe('a drawing', () => {
  it('that is cut short is handed on, for the list reader to name', () => {
    for (const cut of [[], [67], [67, 9, 0, 0, 0], [67, 9, 0, 0, 0, 1], [67, 255, 255, 255, 255]]) {
      expect(() => decodeDrawing(Uint8Array.from(cut))).not.toThrow();
    }
  });
});
