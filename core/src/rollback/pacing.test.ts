import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pacing } from './pacing.ts';

it('lets one packet a tick through at the frame rate', () => {
  const pacing = new Pacing(60);
  for (let tick = 0; tick < 600; tick++) expect(pacing.take((tick * 1000) / 60)).toBe(true);
});

it('never lets more than the rate and five through in a second, however ticks come', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 400 }),
      (gaps) => {
        const pacing = new Pacing(30);
        const sent: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (pacing.take(now)) sent.push(now);
        }
        for (let i = 35; i < sent.length; i++) {
          expect(sent[i]! - sent[i - 35]!).toBeGreaterThan(1000 - 1e-6);
        }
      },
    ),
  );
});
