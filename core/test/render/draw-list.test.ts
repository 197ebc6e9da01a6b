import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDrawList } from '../../src/render/draw-list.ts';
import { marshalled, type Plain } from './marshalled.ts';

const decode = (...entries: Plain[]) => decodeDrawList(marshalled(entries));

describe('a draw list', () => {
  it('gives every type of entry, with defaults', () => {
    const { entries, faults } = decode(
      { type: 'rect', x: 1, y: 2, w: 3, h: 4 },
      { type: 'circle', x: 1, y: 2, r: 3, color: 'red', alpha: 0.5 },
      { type: 'ellipse', x: 1, y: 2, rx: 3, ry: 4, stroke: 'blue', stroke_width: 2 },
      {
        type: 'line',
        points: [
          [0, 0],
          [1.5, 2],
        ],
        width: 3,
        id: 'net',
        persist: true,
      },
      {
        type: 'polygon',
        points: [
          [0, 0],
          [1, 0],
          [0, 1],
        ],
        depth: -1,
        angle: 30,
      },
      { type: 'arc', x: 0, y: 0, r: 5, start: 0, end: 90, width: 2 },
      { type: 'text', x: 0, y: 0, text: 'é', size: 12, align: 'center', weight: 600 },
      { type: 'image', x: 0, y: 0, w: 8, h: 8, src: 'a.png', crop: [0, 0, 16, 16], id: 7 },
    );
    expect(faults).toEqual([]);
    const common = {
      id: null,
      depth: 0,
      color: '#000',
      stroke: null,
      stroke_width: 1,
      alpha: 1,
      angle: 0,
      persist: false,
    };
    expect(entries).toEqual([
      { ...common, shape: { type: 'rect', x: 1, y: 2, w: 3, h: 4, radius: 0 } },
      { ...common, color: 'red', alpha: 0.5, shape: { type: 'circle', x: 1, y: 2, r: 3 } },
      {
        ...common,
        ...{ color: null, stroke: 'blue', stroke_width: 2 },
        shape: { type: 'ellipse', x: 1, y: 2, rx: 3, ry: 4 },
      },
      {
        ...common,
        ...{ id: 'net', persist: true },
        shape: {
          type: 'line',
          points: [
            [0, 0],
            [1.5, 2],
          ],
          width: 3,
        },
      },
      {
        ...common,
        ...{ depth: -1, angle: 30 },
        shape: {
          type: 'polygon',
          points: [
            [0, 0],
            [1, 0],
            [0, 1],
          ],
        },
      },
      { ...common, shape: { type: 'arc', x: 0, y: 0, r: 5, start: 0, end: 90, width: 2 } },
      {
        ...common,
        shape: {
          ...{ type: 'text', x: 0, y: 0, text: 'é', size: 12 },
          ...{ align: 'center', weight: '600' },
        },
      },
      {
        ...common,
        id: '7',
        shape: { type: 'image', x: 0, y: 0, w: 8, h: 8, src: 'a.png', crop: [0, 0, 16, 16] },
      },
    ]);
  });

  it.each<[string, Plain, string]>([
    ['no dictionary', 7, 'An entry is not drawn: it is not a dictionary.'],
    ['no type', {}, 'An entry without a type is not drawn: type is missing.'],
    ['an unknown type', { type: 'blob' }, 'An entry "blob" is not drawn: the type is unknown.'],
    [
      'a missing number',
      { type: 'circle', x: 1, y: 2, id: 'ball' },
      'Entry ball "circle" is not drawn: r is missing.',
    ],
    [
      'NaN',
      { type: 'circle', x: NaN, y: 2, r: 1, id: 1 },
      'Entry 1 "circle" is not drawn: x must be a finite number.',
    ],
    [
      'a negative radius, which the canvas would throw for',
      { type: 'circle', x: 0, y: 2, r: -1 },
      'An entry "circle" is not drawn: r must not be negative.',
    ],
    [
      'a missing text',
      { type: 'text', x: 1, y: 2, size: 9 },
      'An entry "text" is not drawn: text is missing.',
    ],
    [
      'missing points',
      { type: 'line', x: 1, y: 2 },
      'An entry "line" is not drawn: points are missing.',
    ],
    [
      'a number that is a text',
      { type: 'circle', x: '1', y: 2, r: 1 },
      'An entry "circle" is not drawn: x must be a finite number.',
    ],
    [
      'too few points',
      { type: 'polygon', points: [[0, 0], [1]] },
      'An entry "polygon" is not drawn: points must be 3 or more pairs of numbers.',
    ],
    [
      'what persists without an id',
      { type: 'circle', x: 0, y: 0, r: 1, persist: true },
      'An entry "circle" is not drawn: what persists needs an id.',
    ],
    [
      'an id that is a list',
      { type: 'circle', x: 0, y: 0, r: 1, id: [] },
      'An entry "circle" is not drawn: id must be a string or an integer.',
    ],
  ])('leaves out and names %s', (_, bad, fault) => {
    const good: Plain = { type: 'circle', x: 0, y: 0, r: 1 };
    const { entries, faults } = decode(good, bad, good);
    expect(faults).toEqual([fault]);
    expect(entries).toHaveLength(2);
  });

  it('names colours that the browser does not know', () => {
    const list = marshalled([{ type: 'circle', x: 0, y: 0, r: 1, color: 'reddish' }]);
    const { entries, faults } = decodeDrawList(list, (color) => color === 'red');
    expect(entries).toEqual([]);
    expect(faults).toEqual(['An entry "circle" is not drawn: color must be a CSS colour.']);
  });

  it('names fields that mean nothing, where it is asked to, and draws the entry', () => {
    const list = marshalled([
      { type: 'rect', id: 'sand', x: 0, y: 0, w: 1, h: 1, fill: 'red', font_size: 3 },
      { type: 'circle', x: 0, y: 0, r: 1, width: 2 },
    ]);
    expect(decodeDrawList(list).faults).toEqual([]);
    const { entries, faults } = decodeDrawList(list, undefined, true);
    expect(entries).toEqual(decodeDrawList(list).entries);
    expect(faults).toEqual([
      'Entry sand "rect" is drawn without fill, font_size: no such field.',
      'An entry "circle" is drawn without width: no such field.',
    ]);
  });

  it('draws a text that is no UTF-8, and all others', () => {
    const text: Plain = { type: 'text', x: 0, y: 0, size: 9, text: '[3b]' };
    const list = marshalled([text, { type: 'circle', x: 0, y: 0, r: 1 }]);
    // Half of a surrogate pair, as Python writes it.
    list.set([0xed, 0xa0, 0x80], Buffer.from(list).indexOf('3b]'));
    const { entries, faults } = decodeDrawList(list);
    expect(faults).toEqual([]);
    expect(entries).toHaveLength(2);
    expect(entries[0]!.shape).toMatchObject({ text: '[\ufffd\ufffd\ufffd' });
  });

  it('knows every field of docs/drawing.md', () => {
    const docs = readFileSync(new URL('../../../docs/drawing.md', import.meta.url), 'utf8');
    const fieldsIn = (text: string) =>
      [...text.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g)!);
    const [primitives, rest] = docs.split('## Primitives')[1]!.split('## Fields of all primitives');
    const common = fieldsIn(rest!.split('\n## ')[0]!);
    expect(common).toContain('depth');
    const values: Record<string, Plain> = {
      ...{ id: 'a', persist: true, color: 'red', stroke: 'red', text: 'x', src: 'x' },
      ...{ align: 'left', weight: 'bold', crop: [0, 0, 1, 1] },
      points: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    };
    const types = primitives!.split('### ').slice(1);
    expect(types).toHaveLength(8);
    for (const section of types) {
      const type = /^`(\w+)`/.exec(section)![1]!;
      const fields = [...fieldsIn(section), ...common];
      const entry = Object.fromEntries(fields.map((field) => [field, values[field] ?? 1]));
      const list = marshalled([{ ...entry, type }]);
      const { entries, faults } = decodeDrawList(list, undefined, true);
      expect(faults).toEqual([]);
      expect(entries[0]!.shape.type).toBe(type);
    }
  });

  it('says what is wrong with something else than a list', () => {
    expect(decodeDrawList(marshalled({})).faults).toEqual([
      'render() must return a list of dictionaries.',
    ]);
    expect(decodeDrawList(Uint8Array.of(0)).faults).toHaveLength(1);
  });

  it('never throws, whatever the bytes', () => {
    const value = fc.letrec<{ value: Plain }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Plain>(null, true, 'circle', 'line', 'text', 'image', NaN, -1, 3),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom('type', 'id', 'x', 'y', 'r', 'points', 'text', 'src', 'w', 'h', 'crop'),
          tie('value'),
        ),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (list) => {
        const { entries, faults } = decodeDrawList(marshalled(list));
        expect(entries.length + faults.length).toBe(list.length);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        decodeDrawList(bytes);
      }),
    );
  });
});
