/** Rolled-back objects glide to their places; time is that of the animation frames given here. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Corrections } from '../../src/render/corrections.ts';
import { decodeDrawList, type DrawEntry } from '../../src/render/draw-list.ts';
import { marshalled } from './marshalled.ts';

const LONGEST = 800;
const at = (id: string, x: number, y = 0): DrawEntry[] =>
  decodeDrawList(marshalled([{ type: 'circle', id, x, y, r: 1 }])).entries;

describe('corrections', () => {
  let corrections: Corrections;
  beforeEach(() => {
    corrections = new Corrections(LONGEST);
  });

  /** Distance of the ball from its right place in the picture of the time `now`. */
  function left(now: number): number {
    corrections.advance(now);
    const offset = corrections.of('ball');
    return offset === null ? 0 : offset.x * offset.share;
  }

  it('take 100 ms from where the object was seen to where it belongs', () => {
    corrections.correct(at('ball', 150), at('ball', 100));
    expect([1000, 1025, 1050, 1075, 1100].map(left)).toEqual([50, 37.5, 25, 12.5, 0]);
    expect(corrections.active).toBe(false);
  });

  it('touch no object whose shown place was right, however far it moves', () => {
    corrections.correct(at('ball', 150), at('ball', 150));
    expect(corrections.active).toBe(false);
  });

  it('go on from where the object is drawn when another correction comes', () => {
    corrections.correct(at('ball', 140), at('ball', 100));
    expect(left(1000)).toBe(40);
    expect(left(1050)).toBe(20);
    corrections.correct(at('ball', 110), at('ball', 100));
    expect(left(1060)).toBe(30);
    expect(left(1160)).toBe(0);
  });

  it('let an object that was sent elsewhere jump', () => {
    corrections.correct(at('ball', 0), at('ball', LONGEST / 2));
    expect(corrections.active).toBe(false);
  });

  it('let new objects, other shapes and objects without a name be where they are', () => {
    corrections.correct([], at('ball', 10));
    const square = decodeDrawList(
      marshalled([{ type: 'rect', id: 'ball', x: 0, y: 0, w: 1, h: 1 }]),
    ).entries;
    corrections.correct(square, at('ball', 10));
    const nameless = (x: number) =>
      decodeDrawList(marshalled([{ type: 'circle', x, y: 0, r: 1 }])).entries;
    corrections.correct(nameless(0), nameless(10));
    expect(corrections.active).toBe(false);
  });

  it('end with their object', () => {
    corrections.correct(at('ball', 150), at('ball', 100));
    corrections.keep([]);
    expect(corrections.active).toBe(false);
  });

  it('are over 100 ms after the last one, whatever came before', () => {
    const place = fc.integer({ min: 0, max: LONGEST });
    const step = fc.record({ from: place, to: place, wait: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        corrections = new Corrections(LONGEST);
        let now = 0;
        for (const { from, to, wait } of steps) {
          corrections.correct(at('ball', from), at('ball', to));
          expect(Math.abs(left(now))).toBeLessThanOrEqual(LONGEST / 4);
          now += wait;
        }
        left(now);
        expect(left(now + 100)).toBe(0);
      }),
    );
  });
});
