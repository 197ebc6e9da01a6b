/** Matches that end before all is played, through nobody who had left: desyncs, refusals, errors. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { row, rows } from './marshal.ts';
import { playPages, researcher, startHost, type Host } from './support.ts';

let host: Host;
beforeEach(async () => {
  host = await startHost({ completionCodes: { desync: 'C-APART', unsupported: 'C-OTHER' } });
});
afterEach(() => host.stop());

interface MatchLine {
  players: { agent: string; outcome: string }[];
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
