import { afterEach, beforeEach, expect, test } from 'vitest';
import { rows } from './marshal.ts';
import { playPages, researcher, sha256, startHost, type Host } from './support.ts';

let host: Host;
beforeEach(async () => {
  host = await startHost({ completionCodes: { completed: 'C-DONE' } });
});
afterEach(() => host.stop());

test('two participants join, play, upload, are verified and exported', async () => {
  const { pages, matched, id } = await playPages(host.url);
  const [a, b] = pages;
  expect(matched.map((m) => m.you)).toEqual([0, 1]);
  expect(matched[0]!.players).toEqual(matched[1]!.players);
  expect(a!.socket.io.engine.transport.name).toBe('websocket');

  a!.socket.emit('relay', 1, new Uint8Array([1, 2, 3]));
  const [from, packet] = await b!.nextArgs('relay');
  expect([from, [...new Uint8Array(packet)]]).toEqual([0, [1, 2, 3]]);
  expect(host.kit.stats().relayed_inputs).toBe(1);

  const bytes = rows(20, 2);
  const early = await a!.finish(id, 'completed');
  expect(early.error?.code).toBe('not_over');
  for (const page of pages) {
    expect(await page.upload(id, bytes)).toEqual({ ok: true, seq: 0 });
    expect(await page.done(id, bytes, { n_frames: 20 })).toMatchObject({ ok: true });
  }
  for (const page of pages) {
    expect(await page.finish(id, 'completed')).toEqual({
      ok: true,
      verification: 'verified',
      completion_code: 'C-DONE',
      common_end: null,
    });
  }

  const lines = (await (await researcher(host.url, 'matches.jsonl')).text()).trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    match_id: id,
    game: 'kitchen',
    players: [
      { agent: 'a', outcome: 'completed', link_types: [] },
      { agent: 'b', outcome: 'completed' },
    ],
    episodes: [
      { episode: 0, seed: 7, n_frames: 20, verification: 'verified', sha256: sha256(bytes) },
    ],
  });
  const csv = (await (await researcher(host.url, `frames.csv?match=${id}`)).text()).trim();
  expect(csv.split('\n')).toHaveLength(21);
  expect(host.kit.stats().matches).toEqual([]);
});
