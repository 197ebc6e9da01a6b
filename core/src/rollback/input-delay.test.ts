import { describe, expect, it } from 'vitest';
import { InputDelay } from './input-delay.ts';

const FRAME_MS = 1000 / 60;
const other = (player: number): boolean => player === 1;

describe('input delay', () => {
  it('stays as it was set', () => {
    const delay = new InputDelay(4, 2, FRAME_MS);
    delay.setRtt(1, 500, 50);
    expect(delay.frames(0, other)).toBe(4);
  });

  it('adapts: none on a quick link, more on a slow one, and no more than 100 ms', () => {
    const after = (rtt: number, jitter: number): number => {
      const delay = new InputDelay('adaptive', 2, FRAME_MS);
      for (let t = 0; t < 60_000; t += 1000) {
        delay.setRtt(1, rtt, jitter);
        delay.frames(t, other);
      }
      return delay.current;
    };
    expect(after(20, 2)).toBe(0);
    expect(after(150, 5)).toBe(3);
    expect(after(150, 20)).toBeGreaterThan(after(150, 5));
    expect(after(2000, 200)).toBe(6);
  });

  it('takes a measured 0 ms for what it is, and keeps its start while nothing is measured', () => {
    const after = (measure: boolean): number => {
      const delay = new InputDelay('adaptive', 2, FRAME_MS);
      for (let t = 0; t < 60_000; t += 1000) {
        if (measure) delay.setRtt(1, 0, 0);
        delay.frames(t, other);
      }
      return delay.current;
    };
    expect(after(true)).toBe(0);
    expect(after(false)).toBe(2);
  });

  it('rises at once and falls slowly, so that it does not flutter', () => {
    const delay = new InputDelay('adaptive', 2, FRAME_MS);
    delay.setRtt(1, 200, 0);
    expect(delay.frames(0, other)).toBe(3);
    delay.setRtt(1, 20, 0);
    expect(delay.frames(1000, other)).toBe(3);
    expect(delay.frames(2900, other)).toBe(3);
    expect(delay.frames(3000, other)).toBe(2);
    expect(delay.frames(3100, other)).toBe(2);
  });

  it('follows the slowest link of those who remain', () => {
    const delay = new InputDelay('adaptive', 3, FRAME_MS);
    delay.setRtt(1, 20, 0);
    delay.setRtt(2, 250, 0);
    expect(delay.frames(0, (p) => p === 1 || p === 2)).toBe(5);
    for (let t = 0; t < 60_000; t += 1000) delay.frames(t, other);
    expect(delay.current).toBe(0);
  });
});
