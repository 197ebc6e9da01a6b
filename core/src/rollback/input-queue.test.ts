import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputQueue } from './input-queue.ts';

it('keeps inputs in order, refuses when full, and loses none', () => {
  const step = fc.oneof(
    fc.record({
      push: fc.tuple(
        fc.integer({ min: 0, max: 63 }),
        fc.uint8Array({ minLength: 2, maxLength: 2 }),
      ),
    }),
    fc.record({ release: fc.nat(40) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new InputQueue(16, 2);
      const all: { meta: number; action: number[] }[] = [];
      let base = 0;
      for (const s of steps) {
        if ('push' in s) {
          const taken = queue.push(s.push[0], s.push[1], 0);
          expect(taken).toBe(all.length - base < 16);
          if (taken) all.push({ meta: s.push[0], action: [...s.push[1]] });
        } else {
          queue.release(s.release);
          base = Math.max(base, Math.min(s.release, all.length));
        }
        expect([queue.base, queue.held]).toEqual([base, all.length]);
        for (let f = base; f < all.length; f++) {
          const at = queue.offset(f);
          expect(queue.meta(f)).toBe(all[f]!.meta);
          expect([...queue.actions.subarray(at, at + 2)]).toEqual(all[f]!.action);
        }
      }
    }),
  );
});

it('is empty for a new episode', () => {
  const queue = new InputQueue(4, 1);
  queue.push(1, Uint8Array.of(9), 0);
  queue.release(1);
  queue.clear();
  expect([queue.base, queue.held]).toEqual([0, 0]);
});
