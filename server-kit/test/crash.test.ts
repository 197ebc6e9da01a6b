/** The server's process is killed: what was acknowledged is there, and a running match goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rows } from './marshal.ts';
import { runChild, type Child } from './run-child.ts';
import { KEY, playPages, Page, researcher } from './support.ts';

let folder: string;
let child: Child | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cotrial-crash-'));
});
afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const started = await runChild('./children/host.ts', {
    COTRIAL_DATA: join(folder, 'study.sqlite'),
    COTRIAL_RESEARCHER_KEY: KEY,
  });
  child = started;
  const [, port] = await started.printed(/Cotrial is ready at http:\/\/localhost:(\d+)/);
  return `http://127.0.0.1:${port}`;
}

async function kill(): Promise<void> {
  const running = child;
  if (running === undefined) return;
  child = undefined;
  const dead = new Promise((resolve) => running.process.once('exit', resolve));
  running.process.kill('SIGKILL');
  await dead;
  running.remove();
}

test('kill -9 loses nothing acknowledged, and the players finish their match afterwards', async () => {
  let url = await start();
  const { pages, id } = await playPages(url);
  const bytes = rows(400, 2);
  const part = (seq: number) => bytes.subarray(seq * 500, (seq + 1) * 500);
  const n_chunks = Math.ceil(bytes.length / 500);

  // Both peers upload as fast as they can; the server dies in the middle of it.
  const acknowledged: number[][] = [[], []];
  let killed: Promise<void> | undefined;
  for (const [player, page] of pages.entries()) {
    for (let seq = 0; seq < n_chunks; seq++) {
      const acknowledge = () => {
        acknowledged[player]!.push(seq);
        if (acknowledged.flat().length === 40) killed ??= kill();
      };
      // What is lost with the connection was not acknowledged.
      page.upload(id, part(seq), seq).then(acknowledge, () => undefined);
    }
  }
  await Promise.all(
    pages.map((page) => new Promise((resolve) => page.socket.once('disconnect', resolve))),
  );
  await killed;
  expect(acknowledged.flat().length).toBeGreaterThanOrEqual(40);

  url = await start();
  const back = [];
  for (const page of pages) back.push(await Page.connect(url, page.token));
  for (const [player, page] of back.entries()) {
    // The same match is still there, for those who play it.
    expect(await page.next('start')).toMatchObject({ match_id: id });
    // Acknowledged chunks are kept: other bytes in their place are refused.
    for (const seq of acknowledged[player]!) {
      const answer = await page.upload(id, Buffer.from('another'), seq);
      expect(answer.error?.code).toBe('altered');
    }
    for (let seq = 0; seq < n_chunks; seq++) {
      if (!acknowledged[player]!.includes(seq)) await page.upload(id, part(seq), seq);
    }
    await page.done(id, bytes, { n_chunks, n_frames: 400 });
  }
  for (const page of back) {
    expect(await page.finish(id, 'completed')).toMatchObject({ verification: 'verified' });
    page.close();
  }
  expect(JSON.parse(await (await researcher(url, 'matches.jsonl')).text())).toMatchObject({
    match_id: id,
    episodes: [{ n_frames: 400, verification: 'verified' }],
  });
});
