import { expect, it } from 'vitest';
import { fuzzDecoder, fuzzSessions, type Verdicts } from './fuzz.ts';

/** Another one each time it is run; a failure says which. */
const seed = Date.now() % 2 ** 31;
const sum = (verdicts: Verdicts): number => Object.values(verdicts).reduce((n, v) => n + v, 0);

it(`the decoder takes a million random and altered packets (seed ${seed})`, () => {
  const verdicts = fuzzDecoder(1_000_000, seed);
  expect(sum(verdicts)).toBe(1_000_000);
  for (const verdict of ['accepted', 'not_ours', 'version', 'truncated', 'malformed'] as const) {
    expect(verdicts[verdict], verdict).toBeGreaterThan(1_000);
  }
});

it(`peers in the middle of a match take a hundred thousand (seed ${seed})`, () => {
  const verdicts = fuzzSessions(100_000, seed);
  expect(sum(verdicts)).toBe(100_000);
  for (const verdict of ['accepted', 'truncated', 'malformed', 'impossible'] as const) {
    expect(verdicts[verdict], verdict).toBeGreaterThan(100);
  }
});
