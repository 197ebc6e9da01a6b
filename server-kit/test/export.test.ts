import { afterEach, beforeEach, expect, test } from 'vitest';
import { Float, row, rows, type Plain } from './marshal.ts';
import { playPages, researcher, startHost, type Host } from './support.ts';

let host: Host;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.stop());

/** Plays a match whose two peers send this. */
async function play(episodes: Buffer[], frames: number[], changes = {}): Promise<string> {
  const { pages, id } = await playPages(host.url, changes);
  for (const page of pages) {
    for (const [episode, bytes] of episodes.entries()) {
      await page.upload(id, bytes, 0, episode);
      await page.done(id, bytes, { episode, seed: 40 + episode, n_frames: frames[episode]! });
    }
  }
  for (const page of pages) await page.finish(id, 'left');
  return id;
}
async function csv(query = ''): Promise<string[][]> {
  const text = await (await researcher(host.url, `frames.csv${query}`)).text();
  return parseCsv(text);
}
/** A reader of its own: quoted cells may hold separators, line ends and doubled quotes. */
function parseCsv(text: string): string[][] {
  const table: string[][] = [[]];
  const cells = /("(?:[^"]|"")*"|[^,\n"]*)(,|\n|$)/g;
  for (const [, given, end] of text.trimEnd().matchAll(cells)) {
    const quoted = given!.startsWith('"');
    table.at(-1)!.push(quoted ? given!.slice(1, -1).replaceAll('""', '"') : given!);
    if (end === '\n') table.push([]);
    if (end === '') break;
  }
  return table;
}

test('columns are those of the interface and never shift', async () => {
  const infos: Plain[][] = [
    [{ score: 1 }, {}],
    [{}, { held: 'onion' }],
    [{ zone: null, score: 2 }, null as Plain],
  ];
  const bytes = Buffer.concat(infos.map((each, frame) => row(frame, 2, { infos: each })));
  const id = await play([bytes], [3]);
  const [header, ...body] = await csv();
  const of = (agent: string, infoKeys: string[]) => [
    ...['action', 'reward', 'terminated', 'truncated', 'is_focused', 'status', 'input_delay'].map(
      (field) => `${field}.${agent}`,
    ),
    ...infoKeys.map((key) => `info.${agent}.${key}`),
  ];
  expect(header).toEqual([
    'match_id',
    'episode',
    'frame',
    ...of('a', ['score', 'zone']),
    ...of('b', ['held']),
    'checksum',
  ]);
  expect(body.every((cells) => cells.length === header!.length)).toBe(true);
  const column = (name: string) => body.map((cells) => cells[header!.indexOf(name)]);
  expect(column('match_id')).toEqual([id, id, id]);
  expect(column('frame')).toEqual(['0', '1', '2']);
  expect(column('info.a.score')).toEqual(['1', '', '2']);
  expect(column('info.a.zone')).toEqual(['', '', '']);
  expect(column('info.b.held')).toEqual(['', 'onion', '']);
  expect(column('terminated.a')).toEqual(['false', 'false', 'false']);
  expect(column('is_focused.b')).toEqual(['true', 'true', 'true']);
  expect(column('status.a')).toEqual(['playing', 'playing', 'playing']);
  expect(column('input_delay.a')).toEqual(['2', '2', '2']);
});

test('values are exact and text cannot execute', async () => {
  const values: Record<string, [Plain, string]> = {
    third: [1 / 3, String(1 / 3)],
    tiny: [5e-324, '5e-324'],
    minus: [-7.5, '-7.5'],
    zero: [new Float(-0), '-0'],
    truth: [true, 'true'],
    formula: ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
    plus: ['+1', "'+1"],
    dash: ['-1', "'-1"],
    at: ['@x', "'@x"],
    tab: ['\tx', "'\tx"],
    plain: ['a,"b"\nc', 'a,"b"\nc'],
    script: ['<script>', '<script>'],
  };
  const info = Object.fromEntries(Object.entries(values).map(([key, [value]]) => [key, value]));
  const bytes = row(0, 2, { infos: [info, {}], actions: [[1, -2], null], rewards: [-0.1, null] });
  await play([bytes], [1]);
  const [header, cells] = await csv();
  const at = (name: string) => cells![header!.indexOf(name)];
  for (const [key, [, text]] of Object.entries(values)) expect(at(`info.a.${key}`)).toBe(text);
  expect([at('action.a'), at('action.b')]).toEqual(['[1,-2]', '']);
  expect([at('reward.a'), at('reward.b')]).toEqual(['-0.1', '']);
});

test('a study of several matches is one table; a match can be had alone', async () => {
  const first = await play([rows(3, 2), rows(2, 2)], [3, 2]);
  const second = await play([row(0, 1, { infos: [{ x: 1 }] })], [1], {
    agents: ['solo'],
    game: 'alone',
  });
  const [header, ...body] = await csv();
  expect(body.map(([id, episode, frame]) => [id, episode, frame])).toEqual([
    ...['0', '1', '2'].map((frame) => [first, '0', frame]),
    ...['0', '1'].map((frame) => [first, '1', frame]),
    [second, '0', '0'],
  ]);
  expect(body[5]![header!.indexOf('action.a')]).toBe('');
  expect(body[5]![header!.indexOf('info.solo.x')]).toBe('1');

  const [aloneHeader, ...alone] = await csv(`?match=${second}`);
  expect(aloneHeader).toHaveLength(3 + 8 + 1);
  expect(alone).toHaveLength(1);
  const lines = await (await researcher(host.url, `matches.jsonl?match=${first}`)).text();
  expect(JSON.parse(lines)).toMatchObject({
    match_id: first,
    episodes: [
      { episode: 0, seed: 40, n_frames: 3 },
      { episode: 1, seed: 41, n_frames: 2 },
    ],
  });
  expect((await researcher(host.url, 'frames.csv?match=none')).status).toBe(404);
});

test('an episode that broke off is exported as far as it came', async () => {
  const { pages, id } = await playPages(host.url);
  const bytes = rows(5, 2);
  await pages[0]!.upload(id, bytes.subarray(0, bytes.length - 3));
  await pages[1]!.upload(id, bytes.subarray(0, 10));
  for (const page of pages) await page.finish(id, 'left');
  expect(await csv()).toHaveLength(1 + 4);
  const line = JSON.parse(await (await researcher(host.url, 'matches.jsonl')).text()) as object;
  expect(line).toMatchObject({
    episodes: [{ episode: 0, seed: null, n_frames: 4, verification: 'unverified', sha256: null }],
  });
});

test('link types are exported with the time of each change', async () => {
  const { pages, id } = await playPages(host.url);
  for (const link_type of ['direct', 'direct', 'server']) {
    pages[0]!.socket.emit('link', { match_id: id, player: 1, link_type: link_type as 'direct' });
  }
  for (const page of pages) await page.finish(id, 'left');
  const { players } = JSON.parse(await (await researcher(host.url, 'matches.jsonl')).text()) as {
    players: { link_types: { agent: string; type: string; at: string }[] }[];
  };
  expect(players[0]!.link_types.map(({ agent, type }) => [agent, type])).toEqual([
    ['b', 'direct'],
    ['b', 'server'],
  ]);
  expect(Date.parse(players[0]!.link_types[0]!.at)).not.toBeNaN();
});

test('an empty study is an empty table', async () => {
  expect(await (await researcher(host.url, 'matches.jsonl')).text()).toBe('');
  expect(await csv()).toEqual([['match_id', 'episode', 'frame', 'checksum']]);
});

test.each([undefined, 'Bearer wrong', 'Basic x', 'Bearer', `Bearer ${'x'.repeat(5_000)}`])(
  'without the researcher key (%s) nothing is given',
  async (authorization) => {
    for (const path of ['matches.jsonl', 'frames.csv', 'anything']) {
      const response = await fetch(`${host.url}/cotrial/export/${path}`, {
        headers: authorization === undefined ? {} : { Authorization: authorization },
      });
      expect(response.status).toBe(401);
    }
  },
);
