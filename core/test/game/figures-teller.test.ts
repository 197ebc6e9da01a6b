import { expect, it } from 'vitest';
import { FiguresTeller } from '../../src/game/figures-teller.ts';
import type { LiveFigures } from '../../src/game/run.ts';

const COUNTERS = { rollbacks: 3, rollback_frames: 7, stall_ms: 120 };

it('asks at every second sample, and tells the counters with the newest round-trip times', () => {
  const told: LiveFigures[] = [];
  let asked = 0;
  const teller = new FiguresTeller({ figures: (figures) => told.push(figures) }, () => asked++);
  for (const ping of [20, 30, 40, 50]) teller.sampled({ b: ping });
  expect(asked).toBe(2);
  expect(told).toEqual([]);
  teller.answered(COUNTERS);
  expect(told).toEqual([{ pings_ms: { b: 50 }, ...COUNTERS }]);
});

it('asks for nothing if nobody listens', () => {
  let asked = 0;
  const teller = new FiguresTeller({}, () => asked++);
  for (let i = 0; i < 4; i++) teller.sampled({ b: 20 });
  expect(asked).toBe(0);
});
