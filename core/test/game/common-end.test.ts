/** An episode that broke off for everybody, ended where the shortest copy of it ends (NET-10). */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { endedAt } from '../../src/game/common-end.ts';
import { gameResult, type Gathered } from '../../src/game/game-result.ts';
import { CanonicalRecorder, matchSha256 } from '../../src/record/canonical-recorder.ts';

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
  return {
    match_id: 'm',
    agents: ['left', 'right'],
    player: 1,
    episodes,
    chunks,
    local: null,
    metrics: null,
    links: [],
    pings: [],
    load_ms: 0,
    wait_ms: 0,
  };
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

it('is what the data of the trial say', () => {
  const ending = { outcome: 'connection_lost', by: 'left', reason: 'silent', error: null } as const;
  const common_end = { episode: 1, n_frames: 47, sha256: sha256(rows(47)) };
  const confirmed = { verification: 'verified', completion_code: null } as const;
  const all = gathered([50, 75]);
  const result = gameResult(ending, all, { ...confirmed, common_end });
  expect(result).toMatchObject({ n_frames: 97, reward_total: 97 * 5, n_episodes: 2 });
  const digests = [{ sha256: sha256(rows(50)) }, { sha256: common_end.sha256 }];
  expect(result.record_sha256).toBe(matchSha256(digests));
  expect(gameResult(ending, all, { ...confirmed, common_end: null }).n_frames).toBe(125);
});
