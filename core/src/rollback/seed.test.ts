import { expect, it } from 'vitest';
import { episodeSeed } from './seed.ts';

it('is the same everywhere', () => {
  expect([0, 1, 2].map((e) => episodeSeed(42, e))).toEqual([3620484926, 3953374840, 3189522420]);
});

it('is an unsigned 32-bit integer, and no two of many are alike', () => {
  const seeds = new Set<number>();
  for (let match = 0; match < 100; match++) {
    for (let episode = 0; episode < 100; episode++) seeds.add(episodeSeed(match, episode));
  }
  expect(seeds.size).toBe(10_000);
  for (const seed of seeds) expect(seed).toBe(seed >>> 0);
});

it('changes about half of its bits with the episode', () => {
  let bits = 0;
  for (let episode = 0; episode < 1000; episode++) {
    let differing = episodeSeed(7, episode) ^ episodeSeed(7, episode + 1);
    for (; differing !== 0; differing &= differing - 1) bits += 1;
  }
  expect(bits / 1000).toBeGreaterThan(15);
  expect(bits / 1000).toBeLessThan(17);
});
