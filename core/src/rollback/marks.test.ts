import { beforeEach, describe, expect, it } from 'vitest';
import { HELD_ALL } from '../protocol/packet.ts';
import { Marks } from './marks.ts';

const said = (...held: number[]): Int32Array => Int32Array.from(held);

describe('marks of three, seen by player 0', () => {
  let marks: Marks;
  beforeEach(() => {
    marks = new Marks(3, 0);
    marks.hold(1, 10);
    marks.hold(2, 8);
  });

  it('held: the least that is here of any other', () => {
    expect(marks.held()).toBe(8);
  });

  it('agreed: the least that anybody holds of anybody else', () => {
    expect(marks.agreed()).toBe(0);
    marks.learn(1, 0, said(9, 0, 7));
    marks.learn(2, 0, said(5, 6, 0));
    expect(marks.agreed()).toBe(5);
  });

  it('late packets take nothing back', () => {
    marks.learn(1, 0, said(9, 0, 7));
    marks.learn(1, 0, said(3, 0, 9));
    expect([...marks.row(1)]).toEqual([9, 0, 9]);
  });

  it('a peer that is an episode ahead has proved that this one is agreed', () => {
    marks.learn(1, 1, said(0, 0, 0));
    marks.learn(2, 0, said(7, 7, 0));
    expect(marks.agreed()).toBe(7);
  });

  it('a peer that is an episode behind holds nothing of this one', () => {
    marks.learn(1, 0, said(99, 0, 99));
    marks.learn(2, 0, said(99, 99, 0));
    marks.enter(1);
    marks.hold(1, 5);
    marks.hold(2, 5);
    marks.learn(1, 1, said(5, 0, 5));
    expect(marks.agreed()).toBe(0);
  });

  it('who has left agrees with everything, but its inputs count until they are complete', () => {
    marks.learn(1, 0, said(9, 0, 7));
    marks.playerLeft(2);
    expect(marks.agreed()).toBe(7);
    marks.hold(2, HELD_ALL);
    marks.learn(1, 0, said(9, 0, HELD_ALL));
    expect(marks.agreed()).toBe(9);
  });

  it('names those who are waited for', () => {
    marks.learn(1, 0, said(9, 0, 9));
    marks.learn(2, 0, said(9, 9, 0));
    expect(marks.waitingFor(8)).toEqual([2]);
    expect(marks.waitingFor(9)).toEqual([1, 2]);
  });
});
