import { expect, test } from 'vitest';
import {
  chooseCopy,
  commonCopy,
  inCommon,
  recordSha256,
  verifyEpisode,
  worstOf,
  type EpisodeCopy,
} from '../src/store/verification.ts';
import { sha256 } from './support.ts';

const copy = (
  player: number,
  content: string,
  changes: Partial<EpisodeCopy> = {},
): EpisodeCopy => ({
  episode: 0,
  player,
  seed: 1,
  n_frames: content.length,
  sha256: sha256(Buffer.from(content)),
  after_departure: false,
  broken_off: false,
  n_agreed: content.length,
  ...changes,
});
const seats = (...departed: boolean[]) =>
  departed.map((gone, player) => ({ player, departed: gone }));

const never = () => {
  throw new Error('only copies that broke off are compared in part');
};

test.each([
  ['both sent the same', seats(false, false), [copy(0, 'x'), copy(1, 'x')], 'verified'],
  ['one is missing', seats(false, false), [copy(0, 'x')], 'pending'],
  ['they differ', seats(false, false), [copy(0, 'x'), copy(1, 'y')], 'disputed'],
  ['seeds differ', seats(false, false), [copy(0, 'x'), copy(1, 'x', { seed: 2 })], 'disputed'],
  [
    'two differ, one is missing',
    seats(false, false, false),
    [copy(0, 'x'), copy(1, 'y')],
    'disputed',
  ],
  ['the other left without a copy', seats(false, true), [copy(0, 'x')], 'unverified'],
  ['the other left after its copy', seats(false, true), [copy(0, 'x'), copy(1, 'x')], 'verified'],
  [
    'the other left after another copy',
    seats(false, true),
    [copy(0, 'x'), copy(1, 'y')],
    'disputed',
  ],
  [
    'a late copy of a leaver confirms',
    seats(false, true),
    [copy(0, 'x'), copy(1, 'x', { after_departure: true })],
    'verified',
  ],
  [
    'a late copy of a leaver cannot dispute',
    seats(false, true),
    [copy(0, 'x'), copy(1, 'y', { after_departure: true })],
    'unverified',
  ],
  ['a game for one', seats(false), [copy(0, 'x')], 'verified'],
])('%s', (_, who, copies, verdict) => {
  expect(verifyEpisode(who, copies, never)).toBe(verdict);
});

test.each([
  ['one went on where the other broke off', 'xyz', 'xy', 'verified'],
  ['both broke off at the same frame', 'xy', 'xy', 'verified'],
  ['what both have differs', 'xyz', 'xz', 'disputed'],
])('a match that broke off: %s', (_, long, short, verdict) => {
  const texts = [long, short];
  const alike = (a: EpisodeCopy, b: EpisodeCopy) => {
    const [one, two] = [texts[a.player]!, texts[b.player]!];
    return one.startsWith(two) || two.startsWith(one);
  };
  const broken = { broken_off: true };
  const left = seats(true, true);
  const both = [copy(0, long, broken), copy(1, short, broken)];
  expect(verifyEpisode(left, both, alike)).toBe(verdict);
  // The other player went on to what it took for the end.
  const whole = [copy(0, long), copy(1, short, broken)];
  expect(verifyEpisode(seats(false, true), whole, alike)).toBe(verdict);
  expect(verifyEpisode(left, both.slice(0, 1), alike)).toBe('unverified');
  if (long !== short)
    expect(verifyEpisode(left, [copy(0, long), copy(1, short)], alike)).toBe('disputed');
});

const alike = (a: EpisodeCopy, b: EpisodeCopy): boolean => a.seed === b.seed;
const cut = (player: number, content: string, n_agreed: number) =>
  copy(player, content, { broken_off: true, n_agreed });

test.each([
  ['the shortest, of two', [cut(0, 'wxyz', 2), cut(1, 'wxy', 3)], 1],
  ['the shortest, of three', [cut(0, 'wx', 1), cut(1, 'wxy', 2), cut(2, 'wxyz', 2)], 0],
  ['the one that ended in order', [copy(0, 'wxy'), copy(1, 'wxy'), cut(2, 'wxyz', 2)], 0],
  ['none of one', [cut(0, 'wx', 1)], null],
  ['none where one goes on to an end', [copy(0, 'wxyz'), cut(1, 'wx', 1)], null],
  ['none that lacks what another knew all to have', [cut(0, 'wxyz', 3), cut(1, 'wx', 0)], null],
  ['none of other seeds', [cut(0, 'wxyz', 2), { ...cut(1, 'wxy', 3), seed: 2 }], null],
])('what stands where an episode broke off for all: %s', (_, copies, player) => {
  expect(commonCopy(copies, alike)?.player ?? null).toBe(player);
  const ended = inCommon(copies, alike);
  expect(ended.map((one) => one.player)).toEqual(copies.map((one) => one.player));
  if (player === null) expect(ended).toEqual(copies);
  else expect(new Set(ended.map((one) => one.sha256))).toEqual(new Set([copies[player]!.sha256]));
});

test('copies that differ before they break off have nothing in common', () => {
  expect(commonCopy([cut(0, 'wxyz', 2), cut(1, 'wxy', 3)], () => false)).toBeNull();
});

test('a match is as good as its weakest episode', () => {
  expect(worstOf(['verified', 'verified'])).toBe('verified');
  expect(worstOf(['verified', 'unverified'])).toBe('unverified');
  expect(worstOf(['unverified', 'pending'])).toBe('pending');
  expect(worstOf(['pending', 'disputed', 'verified'])).toBe('disputed');
  expect(worstOf([])).toBe('unverified');
});

test('the copy that most agree with stands for the episode, then the longest', () => {
  expect(chooseCopy([copy(0, 'long'), copy(1, 'x'), copy(2, 'x')])?.player).toBe(1);
  expect(chooseCopy([copy(0, 'x'), copy(1, 'long')])?.player).toBe(1);
  expect(chooseCopy([copy(0, 'long', { after_departure: true }), copy(1, 'x')])?.player).toBe(1);
  expect(chooseCopy([])).toBeUndefined();
});

test('the hash of a match is over the digests of its episodes, in order', () => {
  const [first, second] = [copy(0, 'x'), copy(0, 'y', { episode: 1 })];
  const digests = Buffer.from(first.sha256 + second.sha256, 'hex');
  expect(recordSha256([second, first])).toBe(sha256(digests));
  expect(recordSha256([])).toBeNull();
});
