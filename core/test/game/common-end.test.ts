/** An episode that broke off for everybody, ended where the shortest copy of it ends (NET-10). */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { endedAt } from '../../src/game/common-end.ts';
import type { Gathered } from '../../src/game/game-result.ts';
import { CanonicalRecorder } from '../../src/record/canonical-recorder.ts';

/** A tuple of a frame's number, nothing, and the rewards of two players (marshal version 2). */
const row = (frame: number): Uint8Array => {
  const int = (value: number) => [0x69, value & 255, value >> 8, 0, 0];
  return Uint8Array.from([
    0x28,
    3,
    0,
    0,
    0,
    ...int(frame),
    0x4e,
    0x28,
    2,
    0,
    0,
    0,
    ...int(1),
    ...int(5),
  ]);
};
const rows = (count: number): Uint8Array[] => Array.from({ length: count }, (_, f) => row(f));
const sha256 = (parts: Uint8Array[]): string =>
  createHash('sha256').update(Buffer.concat(parts)).digest('hex');

function gathered(frames: number[]): Gathered {
  const chunks: Uint8Array[][] = [];
  const recorder = new CanonicalRecorder(1, ({ episode, bytes }) => {
    (chunks[episode] ??= []).push(bytes);
  });
  const episodes = frames.map((count, episode) => {
    recorder.startEpisode(episode, 40 + episode);
    rows(count).forEach((bytes, frame) => recorder.row(frame, bytes));
    return recorder.endEpisode();
  });
  return { episodes, chunks, player: 1 } as unknown as Gathered;
}

it('keeps the beginning that all have, and sums it anew', () => {
  const before = gathered([50, 75]);
  const after = endedAt(before, { episode: 1, n_frames: 47, sha256: sha256(rows(47)) });
  expect(after.episodes).toEqual([
    before.episodes[0],
    { episode: 1, seed: 41, n_frames: 47, sha256: sha256(rows(47)), reward_total: 47 * 5 },
  ]);
  expect(sha256(after.chunks[1]!)).toBe(sha256(rows(47)));
  expect(after.chunks[0]).toBe(before.chunks[0]);
});

it.each([
  ['the own copy is the shortest', { episode: 1, n_frames: 75, sha256: sha256(rows(75)) }],
  ['the own copy has other frames', { episode: 1, n_frames: 47, sha256: sha256(rows(46)) }],
  ['there is no such episode', { episode: 2, n_frames: 0, sha256: sha256([]) }],
])('changes nothing where %s', (_, end) => {
  const before = gathered([50, 75]);
  expect(endedAt(before, end)).toBe(before);
});
