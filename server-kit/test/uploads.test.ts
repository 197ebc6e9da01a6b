import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { row, rows } from './marshal.ts';
import type { Page } from './support.ts';
import { playPages, researcher, startHost, type Host } from './support.ts';

let host: Host;
beforeEach(async () => {
  host = await startHost({ completionCodes: { completed: 'C-DONE', connection_lost: 'C-LOST' } });
});
afterEach(() => host.stop());

const bytes = rows(10, 2);
const send = async (page: Page, id: string, data: Uint8Array = bytes, n_frames = 10) => {
  await page.upload(id, data);
  return page.done(id, data, { n_frames });
};
async function exported(): Promise<{ episodes: { verification: string }[] }> {
  const response = await researcher(host.url, 'matches.jsonl');
  return JSON.parse(await response.text()) as { episodes: { verification: string }[] };
}
function stored<T>(sql: string): T {
  const db = new Sqlite(host.dataFile, { readonly: true });
  try {
    return db.prepare(sql).get() as T;
  } finally {
    db.close();
  }
}

test('a chunk is stored once, however often and in whatever order it comes', async () => {
  const { pages, id } = await playPages(host.url);
  const [first, second] = [bytes.subarray(0, 100), bytes.subarray(100)];
  for (const [part, seq] of [
    [second, 1],
    [first, 0],
    [second, 1],
    [first, 0],
  ] as const) {
    expect(await pages[0]!.upload(id, part, seq)).toEqual({ ok: true, seq });
  }
  expect(stored('SELECT COUNT(*) AS n FROM chunks')).toEqual({ n: 2 });
  const done = () => pages[0]!.done(id, bytes, { n_chunks: 2, n_frames: 10 });
  expect(await done()).toEqual({ ok: true, verification: 'pending' });
  expect(await done()).toEqual({ ok: true, verification: 'pending' });
});

test('an altered chunk is refused and counted; the first stays', async () => {
  const { pages, id } = await playPages(host.url);
  await pages[0]!.upload(id, bytes);
  const other = Buffer.from(bytes);
  other[5]! ^= 1;
  expect((await pages[0]!.upload(id, other)).error?.code).toBe('altered');
  expect(await pages[0]!.done(id, bytes, { n_frames: 10 })).toMatchObject({ ok: true });
  // Nothing can be added to an episode that is closed.
  expect((await pages[0]!.upload(id, other, 1)).error?.code).toBe('altered');
  expect(stored('SELECT altered_chunks AS n FROM seats WHERE player = 0')).toEqual({ n: 2 });
});

test('an episode is closed only by what was really sent', async () => {
  const { pages, id } = await playPages(host.url);
  const page = pages[0]!;
  await page.upload(id, bytes.subarray(50), 1);
  const done = { n_chunks: 2, n_frames: 10 };
  expect((await page.done(id, bytes, done)).error?.code).toBe('missing_chunks');
  await page.upload(id, bytes.subarray(0, 50), 0);
  const refused = [
    page.done(id, rows(9, 2), done),
    page.done(id, bytes, { ...done, n_frames: 11 }),
    page.done(id, bytes, { ...done, n_chunks: 1 }),
  ];
  for (const answer of await Promise.all(refused)) expect(answer.ok).toBe(false);
  expect(await page.done(id, bytes, done)).toMatchObject({ ok: true });
  for (const broken of [Buffer.from('nonsense'), row(1, 2), rows(2, 3)]) {
    const episode = { episode: 1 + broken.length };
    await page.upload(id, broken, 0, episode.episode);
    expect((await page.done(id, broken, { ...episode, n_frames: 1 })).error?.code).toBe(
      'malformed_record',
    );
  }
});

test('copies that differ are disputed', async () => {
  const { pages, id } = await playPages(host.url);
  await send(pages[0]!, id);
  expect(await send(pages[1]!, id, rows(9, 2), 9)).toEqual({ ok: true, verification: 'disputed' });
  expect(await pages[0]!.finish(id, 'completed')).toMatchObject({ verification: 'disputed' });
  expect((await exported()).episodes[0]!.verification).toBe('disputed');
});

test('one copy, and the partner has left: unverified, at once', async () => {
  const { pages, id } = await playPages(host.url);
  await send(pages[0]!, id);
  const finished = pages[0]!.finish(id, 'completed');
  await pages[1]!.finish(id, 'left');
  expect(await finished).toMatchObject({ verification: 'unverified', completion_code: 'C-DONE' });
  expect((await exported()).episodes[0]!.verification).toBe('unverified');
});

test('finish waits for the partner’s copy, and not for ever', async () => {
  const { pages, id } = await playPages(host.url);
  await send(pages[0]!, id);
  expect(await pages[0]!.finish(id, 'completed')).toMatchObject({ verification: 'pending' });
  const again = pages[0]!.finish(id, 'completed');
  await send(pages[1]!, id);
  expect(await again).toMatchObject({ verification: 'verified' });
});

test('data arrive after a reconnection, and after the match has ended', async () => {
  const { pages, id } = await playPages(host.url);
  await pages[0]!.upload(id, bytes.subarray(0, 40), 0);
  for (const page of pages) page.close();
  const back = [await pages[0]!.again(), await pages[1]!.again()];
  await back[1]!.finish(id, 'left');
  await back[0]!.finish(id, 'partner_left', { outcome_by: 'b' });
  expect(host.kit.stats().matches).toEqual([]);
  await back[0]!.upload(id, bytes.subarray(40), 1);
  expect(await back[0]!.done(id, bytes, { n_chunks: 2, n_frames: 10 })).toEqual({
    ok: true,
    verification: 'unverified',
  });
  await back[1]!.upload(id, bytes);
  expect(await back[1]!.done(id, bytes, { n_frames: 10 })).toEqual({
    ok: true,
    verification: 'verified',
  });
});

test('the code is the one of the outcome that the server knows', async () => {
  await host.stop();
  host = await startHost({
    completionCodes: { completed: 'C-DONE', connection_lost: 'C-LOST' },
    timings: { socketGraceMs: 20 },
  });
  const { pages, id } = await playPages(host.url);
  await send(pages[0]!, id);
  pages[0]!.close();
  await pages[1]!.next('player_left');
  const back = await pages[0]!.again();
  expect(await back.finish(id, 'completed')).toMatchObject({ completion_code: 'C-LOST' });
});

test('a long local record goes in pieces', async () => {
  const { pages, id } = await playPages(host.url);
  const page = pages[0]!;
  for (const seq of [1, 0, 1]) {
    const piece = { match_id: id, seq, text: String(seq).repeat(200_000) };
    expect(await page.ask('local_record', piece)).toEqual({ ok: true, seq });
  }
  await page.finish(id, 'left', { local_record: 'end' });
  const { text } = stored<{ text: string }>(
    `SELECT GROUP_CONCAT(text, '') AS text FROM (SELECT text FROM local_records ORDER BY seq)`,
  );
  expect(text).toBe('0'.repeat(200_000) + '1'.repeat(200_000) + 'end');
});
