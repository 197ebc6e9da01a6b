import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimGroups } from '../src/matchmaking/claims.ts';
import { FifoMatchmaker } from '../src/matchmaking/fifo.ts';
import type { Ticket } from '../src/matchmaking/matchmaker.ts';

const ticket = (n: number): Ticket => ({
  id: `t${n}`,
  participant: `p${n}`,
  waiting_since: n,
  rtt_ms: null,
});
const pool = fc.nat(40).map((size) => Array.from({ length: size }, (_, n) => ticket(n)));
const players = fc.integer({ min: 1, max: 8 });
const contextFor = (n: number) => ({ players: n, now_ms: 0, seed: 0, apart: [] });

test('first in, first matched: full groups of the longest waiting, in order', () => {
  fc.assert(
    fc.property(pool, players, (tickets, n) => {
      const groups = new FifoMatchmaker().propose(tickets, contextFor(n));
      const matched = groups.flat();
      expect(groups.every((group) => group.length === n)).toBe(true);
      expect(matched).toEqual(tickets.slice(0, matched.length).map((t) => t.id));
      expect(tickets.length - matched.length).toBeLessThan(n);
    }),
  );
});

test('who is kept apart is not put together, and nobody else waits for it', () => {
  const pairs = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 });
  fc.assert(
    fc.property(pool, players, pairs, (tickets, n, numbers) => {
      const apart = numbers.map(([a, b]): [string, string] => [`t${a}`, `t${b}`]);
      const groups = new FifoMatchmaker().propose(tickets, { ...contextFor(n), apart });
      const { refused } = claimGroups(new Set(tickets.map(({ id }) => id)), groups, n, apart);
      expect(refused).toEqual(
        groups.filter((g) => apart.some(([a, b]) => a === b && g.includes(a))),
      );
      // Each pair delays one more group at most.
      const left = tickets.length - groups.flat().length;
      expect(left).toBeLessThanOrEqual((apart.length + 1) * (n - 1));
    }),
  );
  const three = [ticket(0), ticket(1), ticket(2)];
  const apart: [string, string][] = [['t0', 't1']];
  const [group] = new FifoMatchmaker().propose(three, { ...contextFor(2), apart });
  expect(group).toEqual(['t0', 't2']);
});

test('a policy that puts them together all the same is refused', () => {
  const { granted, refused } = claimGroups(new Set(['a', 'b', 'c']), [['a', 'b']], 2, [['b', 'a']]);
  expect([granted, refused]).toEqual([[], [['a', 'b']]]);
});

test('the same pool and context give the same proposal', () => {
  fc.assert(
    fc.property(pool, players, fc.nat(), (tickets, n, seed) => {
      const context = { ...contextFor(n), seed };
      const propose = () => new FifoMatchmaker().propose(tickets, context);
      expect(propose()).toEqual(propose());
    }),
  );
});

test('whatever a policy proposes, claims are all or none and nobody is claimed twice', () => {
  const anyGroups = fc.array(
    fc.array(
      fc.nat(12).map((n) => `t${n}`),
      { maxLength: 5 },
    ),
  );
  const free = fc.uniqueArray(fc.nat(12).map((n) => `t${n}`));
  fc.assert(
    fc.property(free, anyGroups, players, (ids, groups, n) => {
      const { granted, refused } = claimGroups(new Set(ids), groups, n);
      const taken = granted.flat();
      expect(granted.every((group) => group.length === n)).toBe(true);
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken.every((id) => ids.includes(id))).toBe(true);
      expect(granted.length + refused.length).toBe(groups.length);
      // A refused group was impossible or collides with one that was granted.
      for (const group of refused) {
        const possible =
          group.length === n && new Set(group).size === n && group.every((id) => ids.includes(id));
        expect(possible && group.every((id) => !taken.includes(id))).toBe(false);
      }
    }),
  );
});
