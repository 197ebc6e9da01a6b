import { describe, expect, it } from 'vitest';
import { TimeSync, framesToWait } from './time-sync.ts';

describe('frames to wait', () => {
  // The vectors of GGRS.
  it.each([
    [0, 0, 0],
    [5, -5, -5],
    [-1, 1, 1],
    [-4, 4, 4],
    [-40, 40, 40],
    [2, 6, 2],
  ])('local advantage %i, remote %i: %i', (local, remote, wait) => {
    expect(framesToWait(local, remote)).toBe(wait);
  });
});

describe('time sync', () => {
  const settled = (local: number, remote: number): TimeSync => {
    const sync = new TimeSync(2, 60);
    for (let f = 0; f < 120; f++) sync.observe(1, f + local, remote, f);
    sync.update((p) => p === 1);
    return sync;
  };

  it('keeps the pace of peers who are level', () => {
    expect(settled(0, 0).tickInterval()).toBeCloseTo(1000 / 60);
  });

  it('what both measure wrongly alike cancels', () => {
    expect(settled(-3, -3).tickInterval()).toBeCloseTo(1000 / 60);
  });

  it('stretches the tick of who is ahead and shrinks that of who is behind', () => {
    expect(settled(-1, 1).tickInterval()).toBeGreaterThan(1000 / 60);
    expect(settled(1, -1).tickInterval()).toBeLessThan(1000 / 60);
  });

  it('never by more than 10%', () => {
    expect(settled(-40, 40).tickInterval()).toBeCloseTo(1100 / 60);
    expect(settled(40, -40).tickInterval()).toBeCloseTo(900 / 60);
  });

  it('skips ticks only when stretching would take too long, and never many in a row', () => {
    const near = settled(-5, 5);
    const far = settled(-20, 20);
    const skipped = [near, far].map((sync) => {
      let count = 0;
      for (let tick = 0; tick < 60; tick++) {
        sync.update((p) => p === 1);
        if (sync.skips()) count += 1;
      }
      return count;
    });
    expect(skipped[0]).toBe(0);
    expect(skipped[1]).toBeGreaterThan(0);
    expect(skipped[1]).toBeLessThanOrEqual(15);
  });

  it('takes no notice of those who have left', () => {
    const sync = settled(-40, 40);
    sync.update(() => false);
    expect(sync.framesAhead).toBe(0);
  });
});
