/** Matches that end before all is played, through nobody who had left: desyncs, refusals, errors. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { row, rows } from './marshal.ts';
import { playPages, researcher, sha256, startHost, type Host } from './support.ts';

let host: Host;
beforeEach(async () => {
  host = await startHost({ completionCodes: { desync: 'C-APART', unsupported: 'C-OTHER' } });
});
afterEach(() => host.stop());

interface MatchLine {
  players: { agent: string; outcome: string; record_sha256: string | null }[];
  episodes: { n_frames: number; verification: string; sha256: string }[];
}
const exported = async (): Promise<MatchLine> =>
  JSON.parse(await (await researcher(host.url, 'matches.jsonl')).text()) as MatchLine;

test.each([
  ['desync', null, 'C-APART'],
  ['unsupported', 'player_1', 'C-OTHER'],
] as const)('%s: the other is told, whoever it is attributed to', async (outcome, by, code) => {
  const { pages, id } = await playPages(host.url);
  const end = { outcome_by: by, outcome_reason: 'because' };
  const finished = pages[0]!.finish(id, outcome, end);
  expect(await pages[1]!.next('player_left')).toMatchObject({
    player: 0,
    outcome,
    reason: 'because',
  });
  const second = await pages[1]!.finish(id, outcome, { outcome_by: by && 'player_0' });
  expect(second).toMatchObject({ ok: true, completion_code: code });
  expect(await finished).toMatchObject({ ok: true, completion_code: code });
  expect((await exported()).players.map((player) => player.outcome)).toEqual([outcome, outcome]);
});

test.each([
  ['alike as far as both go', rows(7, 2), 'verified'],
  ['unlike before that', Buffer.concat([rows(6, 2), row(6, 2, { rewards: [5, 5] })]), 'disputed'],
])('an episode that broke off, %s', async (_, shorter, verification) => {
  const { pages, id } = await playPages(host.url);
  const copies = [rows(10, 2), shorter];
  for (const [i, bytes] of copies.entries()) {
    await pages[i]!.upload(id, bytes);
    const n_frames = i === 0 ? 10 : 7;
    expect(await pages[i]!.done(id, bytes, { n_frames, broken_off: true })).toMatchObject({
      ok: true,
    });
  }
  // Nobody has completed anything by that.
  expect(await pages[0]!.finish(id, 'completed')).toMatchObject({ ok: false });
  const ends = [pages[0]!, pages[1]!].map((page) => page.finish(id, 'environment_error'));
  for (const answer of await Promise.all(ends)) expect(answer).toMatchObject({ verification });
  expect((await exported()).episodes).toMatchObject([{ n_frames: 10, verification }]);
});

test.each([
  ['all that its sender had', 6, 7],
  ['less than the other knew it to have', 8, 10],
])('a copy that broke off earlier: %s', async (_, n_agreed, exportedFrames) => {
  const { pages, id } = await playPages(host.url);
  const [long, short] = [rows(10, 2), rows(7, 2)];
  // Nobody could reach anybody: one of them still got three frames more.
  await pages[0]!.upload(id, long);
  await pages[0]!.done(id, long, { n_frames: 10, n_agreed, broken_off: true });
  const first = pages[0]!.finish(id, 'connection_lost', { outcome_by: 'player_1' });
  await pages[1]!.upload(id, short);
  await pages[1]!.done(id, short, { n_frames: 7, n_agreed: 7, broken_off: true });
  const second = pages[1]!.finish(id, 'connection_lost', { outcome_by: 'player_0' });
  const digest = sha256(short);
  const common_end = exportedFrames === 7 ? { episode: 0, n_frames: 7, sha256: digest } : null;
  for (const answer of await Promise.all([first, second])) {
    expect(answer).toMatchObject({ ok: true, verification: 'verified', common_end });
  }
  const line = await exported();
  expect(line.episodes).toMatchObject([{ n_frames: exportedFrames, verification: 'verified' }]);
  expect(line.players.map(({ outcome }) => outcome)).toEqual([
    'connection_lost',
    'connection_lost',
  ]);
  const hashes = new Set(line.players.map(({ record_sha256 }) => record_sha256));
  expect(hashes.size).toBe(common_end === null ? 2 : 1);
  const csv = await (await researcher(host.url, 'frames.csv')).text();
  expect(csv.trimEnd().split('\n').length - 1).toBe(exportedFrames);
});

test('a copy that broke off waits for that of a player who was given up meanwhile', async () => {
  const { pages, id } = await playPages(host.url);
  const [long, short] = [rows(10, 2), rows(7, 2)];
  await pages[1]!.finish(id, 'connection_lost', { outcome_by: 'player_0' });
  await pages[0]!.next('player_left');
  await pages[0]!.upload(id, long);
  await pages[0]!.done(id, long, { n_frames: 10, n_agreed: 6, broken_off: true });
  const first = pages[0]!.finish(id, 'connection_lost', { outcome_by: 'player_1' });
  await pages[1]!.upload(id, short);
  await pages[1]!.done(id, short, { n_frames: 7, n_agreed: 7, broken_off: true });
  const common_end = { episode: 0, n_frames: 7, sha256: sha256(short) };
  expect(await first).toMatchObject({ verification: 'verified', common_end });
});
