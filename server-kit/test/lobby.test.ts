import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOLD_MS } from '../src/limits.ts';
import {
  ENTER,
  joinAs,
  matchPages,
  Page,
  playPages,
  startHost,
  until,
  type Host,
} from './support.ts';

let host: Host;
beforeEach(async () => {
  host = await startHost({
    completionCodes: { timed_out_waiting: 'C-TIME', partner_left: 'C-LEFT' },
  });
});
afterEach(() => host.stop());

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${host.url}/cotrial/${path}`, { method: 'POST', body, headers });

describe('matching', () => {
  test('first come, first matched; everybody sees the same match from another seat', async () => {
    const pages = [await Page.open(host.url), await Page.open(host.url), await Page.open(host.url)];
    for (const page of pages) expect(await page.enter()).toEqual({ ok: true, resumed: false });
    const [a, b, c] = pages;
    const [first, second] = [await a!.next('matched'), await b!.next('matched')];
    expect(first.match_id).toBe(second.match_id);
    expect([first.you, second.you]).toEqual([0, 1]);
    expect(first.players.map((p) => p.agent)).toEqual(['a', 'b']);
    expect(new Set(first.players.map((p) => p.peer_id)).size).toBe(2);
    expect(first.signaling.token).not.toBe(second.signaling.token);
    expect(await c!.next('waiting')).toMatchObject({ timeout_ms: 60_000 });
    expect(host.kit.stats().waiting).toBe(1);
  });

  test('only equal games, agents, environments and settings meet', async () => {
    const others = [
      { game: 'volley' },
      { agents: ['b', 'a'] },
      { environment_sha256: 'f'.repeat(64) },
      { settings: { ...ENTER.settings, fps: 30 } },
    ];
    for (const changes of [{}, ...others]) await (await Page.open(host.url)).enter(changes);
    expect(host.kit.stats()).toMatchObject({ waiting: 5, matches: [] });
    expect(host.log.join()).toContain('kept apart');
  });

  test('the largest checksum interval is everybody’s', async () => {
    const [a, b] = [await Page.open(host.url), await Page.open(host.url)];
    await a.enter({ settings: { ...ENTER.settings, checksum_interval: 3 } });
    await b.enter({ settings: { ...ENTER.settings, checksum_interval: 17 } });
    for (const page of [a, b]) {
      expect((await page.next('matched')).settings.checksum_interval).toBe(17);
    }
  });

  test('the match starts, once, when the last is ready', async () => {
    const { pages, id } = await matchPages(host.url);
    await pages[0]!.ask('ready', { match_id: id });
    await pages[0]!.ask('ready', { match_id: id });
    expect(host.kit.stats().matches[0]!.state).toBe('VALIDATING');
    await pages[1]!.ask('ready', { match_id: id });
    const [first, second] = await Promise.all(pages.map((page) => page.next('start')));
    expect(first).toEqual(second);
    expect(host.kit.stats().matches[0]!.state).toBe('PLAYING');
  });

  test('a game for one is matched at once, without a countdown', async () => {
    const { pages, matched, id } = await matchPages(host.url, { agents: ['solo'] });
    expect(matched[0]).toMatchObject({ you: 0, countdown_ms: 0 });
    await pages[0]!.ask('ready', { match_id: id });
    await pages[0]!.next('start');
  });

  test('three matches do not hear each other', async () => {
    const matches = [];
    for (let i = 0; i < 3; i++) matches.push(await playPages(host.url));
    const [one, two, three] = matches;
    one!.pages[0]!.socket.emit('relay', 1, new Uint8Array([7]));
    await one!.pages[1]!.nextArgs('relay');
    expect((await two!.pages[0]!.ask('ready', { match_id: one!.id })).error?.code).toBe(
      'not_in_match',
    );
    expect((await two!.pages[0]!.upload(one!.id, new Uint8Array(1))).error?.code).toBe(
      'not_in_match',
    );
    await three!.pages[0]!.finish(three!.id, 'left');
    await three!.pages[1]!.next('player_left');
    for (const page of [...one!.pages, ...two!.pages]) {
      expect(page.has('player_left') || page.has('relay')).toBe(false);
    }
  });
});

describe('waiting', () => {
  test('ends after the time that the page asked for', async () => {
    const page = await Page.open(host.url);
    await page.enter({ wait_timeout_ms: 1_000 });
    await page.next('timed_out');
    expect(host.kit.stats().waiting).toBe(0);
    expect(await page.finish(null, 'timed_out_waiting')).toMatchObject({
      completion_code: 'C-TIME',
    });
    const other = await Page.open(host.url);
    await other.enter();
    expect(await other.finish(null, 'timed_out_waiting')).toMatchObject({ completion_code: null });
    expect(host.kit.stats().waiting).toBe(0);
  });

  test('survives a reconnection, without being matched meanwhile', async () => {
    const first = await Page.open(host.url);
    await first.enter();
    first.close();
    await until(() => host.kit.stats().connected === 0);
    const second = await Page.open(host.url);
    await second.enter();
    expect(host.kit.stats()).toMatchObject({ waiting: 2, matches: [] });
    const back = await first.again();
    expect(await back.enter()).toEqual({ ok: true, resumed: true });
    expect((await back.next('matched')).you).toBe(0);
    expect(back.has('matched')).toBe(false);
  });

  test('ends when the participant does not come back', async () => {
    await host.stop();
    host = await startHost({ timings: { poolGraceMs: 50 } });
    const page = await Page.open(host.url);
    await page.enter();
    page.close();
    await until(() => host.kit.stats().waiting === 0);
  });
});

describe('before the start', () => {
  test('unproven links dissolve the match, and its members wait on', async () => {
    await host.stop();
    host = await startHost({ timings: { proofTimeoutMs: 50 } });
    const { pages, id } = await matchPages(host.url);
    await pages[0]!.ask('ready', { match_id: id });
    for (const page of pages) expect((await page.next('dissolved')).match_id).toBe(id);
    const again = await Promise.all(pages.map((page) => page.next('matched')));
    expect(again[0]!.match_id).not.toBe(id);
    expect(again[0]!.match_id).toBe(again[1]!.match_id);
  });

  test('players whose link is too slow wait on, for others first', async () => {
    await host.stop();
    host = await startHost({ maxP2pRttMs: 100, timings: { keptApartMs: 400 } });
    const { pages, matched, id } = await matchPages(host.url);
    expect(matched[0]!.max_p2p_rtt_ms).toBe(100);
    const probe = (rtt_ms: number, player: number) => ({ probes: [{ player, rtt_ms }] });
    await pages[0]!.ask('ready', { match_id: id, ...probe(99, 1) });
    await pages[1]!.ask('ready', { match_id: id, ...probe(101, 0) });
    for (const page of pages) expect((await page.next('dissolved')).match_id).toBe(id);
    expect(pages[0]!.has('matched')).toBe(false);
    const nearer = await Page.open(host.url);
    await nearer.enter();
    const [first, second] = await Promise.all([pages[0]!.next('matched'), nearer.next('matched')]);
    expect([first.you, second.you]).toEqual([0, 1]);
    expect(pages[1]!.has('matched')).toBe(false);
    const { match_id } = first;
    await pages[0]!.ask('ready', { match_id, ...probe(10, 1) });
    await nearer.ask('ready', { match_id, ...probe(100, 0) });
    await Promise.all([pages[0]!.next('start'), nearer.next('start')]);
  });

  test('a link without a probe is too slow where there is a limit; later they may try again', async () => {
    await host.stop();
    host = await startHost({ maxP2pRttMs: 100, timings: { keptApartMs: 50, waitingTickMs: 20 } });
    const { pages, id } = await matchPages(host.url);
    await pages[0]!.ask('ready', { match_id: id });
    await pages[1]!.next('dissolved');
    const again = await Promise.all(pages.map((page) => page.next('matched')));
    expect(again[0]!.match_id).toBe(again[1]!.match_id);
    expect(again[0]!.match_id).not.toBe(id);
  });

  test('whoever leaves dissolves it; the other keeps its place and time', async () => {
    const { pages, id } = await matchPages(host.url);
    await pages[0]!.finish(id, 'load_failed');
    await pages[1]!.next('dissolved');
    const later = await Page.open(host.url);
    await later.enter();
    expect((await pages[1]!.next('matched')).you).toBe(0);
    expect((await later.next('matched')).you).toBe(1);
    expect(pages[0]!.has('matched')).toBe(false);
  });
});

describe('leaving', () => {
  test.each(['text/plain;charset=UTF-8', 'application/json'])(
    'by a beacon of type %s',
    async (type) => {
      const { pages, id } = await playPages(host.url);
      const body = JSON.stringify({ token: pages[0]!.token });
      expect((await post('leave', body, { 'Content-Type': type })).status).toBe(200);
      expect(await pages[1]!.next('player_left')).toMatchObject({
        match_id: id,
        player: 0,
        order: 0,
        outcome: 'left',
      });
      expect(await pages[1]!.finish(id, 'partner_left', { outcome_by: 'a' })).toMatchObject({
        verification: 'unverified',
        completion_code: 'C-LEFT',
      });
      expect(host.kit.stats().matches).toEqual([]);
    },
  );

  test('everybody hears of departures in one order', async () => {
    const agents = ['a', 'b', 'c', 'd'];
    const { pages, id } = await playPages(host.url, { agents });
    await Promise.all([pages[0]!.finish(id, 'left'), pages[3]!.finish(id, 'environment_error')]);
    const heard = await Promise.all(
      [pages[1]!, pages[2]!].map(async (page) => [
        await page.next('player_left'),
        await page.next('player_left'),
      ]),
    );
    expect(heard[0]).toEqual(heard[1]);
    expect(heard[0]!.map((m) => m.order)).toEqual([0, 1]);
    expect(heard[0]!.map((m) => m.player).sort()).toEqual([0, 3]);
  });

  test('by a socket that stays away; a page that comes back late is told', async () => {
    await host.stop();
    host = await startHost({ timings: { socketGraceMs: 50 } });
    const { pages } = await playPages(host.url, { agents: ['a', 'b', 'c'] });
    pages[0]!.close();
    const told = await pages[1]!.next('player_left');
    expect(told).toMatchObject({ player: 0, outcome: 'connection_lost' });
    const back = await pages[0]!.again();
    expect(await back.next('player_left')).toEqual(told);
  });

  test('not by a socket that comes back, which gets what it missed', async () => {
    const { pages, id } = await matchPages(host.url, { agents: ['a', 'b', 'c'] });
    for (const page of pages) void page.ask('ready', { match_id: id });
    const start = await pages[1]!.next('start');
    pages[0]!.close();
    await until(() => host.kit.stats().connected === 2);
    await pages[2]!.finish(id, 'left');
    const back = await pages[0]!.again();
    expect(await back.next('start')).toEqual(start);
    expect(await back.next('player_left')).toMatchObject({ player: 2 });
    expect(await back.enter()).toEqual({ ok: true, resumed: true });
    expect(host.kit.stats().matches).toHaveLength(1);
  });

  test('by being unreachable, unless a link report withdraws the complaint', async () => {
    await host.stop();
    host = await startHost({ timings: { unreachableGraceMs: 50 } });
    const { pages, id } = await playPages(host.url, { agents: ['a', 'b', 'c'] });
    await pages[2]!.ask('peer_lost', { match_id: id, player: 1 });
    pages[2]!.socket.emit('link', { match_id: id, player: 1, link_type: 'server' });
    const complaint = await pages[0]!.ask('peer_lost', { match_id: id, player: 2 });
    expect(complaint).toEqual({ ok: true, left_in_ms: 50, asleep: false });
    // The withdrawn complaint was the earlier one: it would have come to its end before this one.
    const messages = await Promise.all(pages.map((page) => page.next('player_left')));
    for (const message of messages) {
      expect(message).toMatchObject({ player: 2, order: 0, outcome: 'connection_lost' });
    }
    expect((await pages[0]!.ask('peer_lost', { match_id: id, player: 0 })).error?.code).toBe(
      'bad_request',
    );
  });
});

describe('one seat per participant', () => {
  test('the newest tab wins, the older is told, and cannot come back', async () => {
    const older = await Page.open(host.url, 'prolific-1');
    await older.enter();
    const newer = await Page.open(host.url, 'prolific-1');
    await older.next('replaced');
    expect(newer.participant).toBe(older.participant);
    expect(await newer.enter()).toEqual({ ok: true, resumed: true });
    expect(host.kit.stats()).toMatchObject({ connected: 1, waiting: 1 });
    await expect(older.again()).rejects.toThrow('newer tab');
    // The older tab closing now says nothing about the newer one.
    await post('leave', JSON.stringify({ token: older.token }));
    expect(host.kit.stats().waiting).toBe(1);
  });

  test('a game in the older tab ends: a game cannot move to another page', async () => {
    const older = await Page.open(host.url, 'prolific-1');
    const partner = await Page.open(host.url);
    for (const page of [older, partner]) await page.enter();
    const { match_id } = await older.next('matched');
    for (const page of [older, partner]) await page.ask('ready', { match_id });
    const newer = await Page.open(host.url, 'prolific-1');
    expect(await partner.next('player_left')).toMatchObject({ player: 0, outcome: 'left' });
    expect(await newer.enter()).toEqual({ ok: true, resumed: false });
  });
});

describe('what clients may send', () => {
  test.each([
    ['nothing', 'enter', null],
    ['missing fields', 'enter', { game: 'x' }],
    ['not a number', 'enter', { ...ENTER, settings: { ...ENTER.settings, fps: NaN } }],
    ['one agent twice', 'enter', { ...ENTER, agents: ['a', 'a'] }],
    ['a prototype', 'enter', JSON.parse('{"__proto__": {"game": "x"}}')],
    ['an empty id', 'ready', { match_id: '' }],
    [
      'a negative number',
      'upload',
      { match_id: 'x', episode: 0, seq: -1, bytes: new Uint8Array(1) },
    ],
    ['a list for bytes', 'upload', { match_id: 'x', episode: 0, seq: 0, bytes: [1, 2] }],
    ['an unknown outcome', 'finish', { match_id: null, outcome: 'rich' }],
  ])('%s in "%s" is refused and changes nothing', async (_, event, message) => {
    const page = await Page.open(host.url);
    expect((await page.ask(event, message)).error?.code).toBe('bad_request');
    expect(host.kit.stats()).toMatchObject({ waiting: 0, matches: [] });
  });

  test('messages without an acknowledgement, and of no known kind, do no harm', async () => {
    const page = await Page.open(host.url);
    const raw = page.socket as unknown as { emit(...args: unknown[]): void };
    raw.emit('enter');
    raw.emit('enter', ENTER, 'no function');
    raw.emit('clock');
    raw.emit('relay', 'x', null);
    raw.emit('relay');
    raw.emit('no such thing', { deep: [[[[]]]] });
    expect(await page.enter()).toMatchObject({ ok: true });
    expect(host.kit.stats().dropped_inputs).toBe(2);
  });

  test('a flood is refused, then cut', async () => {
    const page = await Page.open(host.url);
    const cut = new Promise((resolve) => page.socket.once('disconnect', resolve));
    const answers: unknown[] = [];
    const raw = page.socket as unknown as { emit(...args: unknown[]): void };
    for (let i = 0; i < 3_000; i++) {
      raw.emit('ready', { match_id: 'x' }, (answer: unknown) => answers.push(answer));
    }
    expect(await cut).toBe('io server disconnect');
    expect(JSON.stringify(answers.at(-1))).toContain('rate_limited');
  });

  test('nothing is read for a second from a page that is over a limit', async () => {
    const page = await Page.open(host.url);
    const answers = Array.from({ length: 120 }, () => page.ask('ready', { match_id: 'x' }));
    await Promise.any(
      answers.map(async (answer) => {
        const { error } = await answer;
        if (error?.code !== 'rate_limited') throw new Error('let through');
      }),
    );
    // The server has stopped reading by now: what is asked from here on waits.
    const asked = performance.now();
    await page.ask('ready', { match_id: 'x' });
    expect(performance.now() - asked).toBeGreaterThan(HOLD_MS / 2);
  });

  test('a message over the limit closes the socket', async () => {
    const { pages, id } = await playPages(host.url);
    const cut = new Promise((resolve) => pages[0]!.socket.once('disconnect', resolve));
    void pages[0]!.upload(id, new Uint8Array(400 * 1024)).catch(() => undefined);
    await cut;
  });

  test.each([
    ['nothing', undefined],
    ['a made-up token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4Iiwic2Vzc2lvbiI6MX0.'],
    ['no text', 42],
  ])('a handshake with %s is refused', async (_, token) => {
    await expect(Page.connect(host.url, token as string)).rejects.toThrow('join again');
    expect(host.kit.stats().connected).toBe(0);
  });

  test('an altered token is refused', async () => {
    const { token } = await joinAs(host.url);
    const [head, body, signature] = token.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, session: 99 })).toString('base64url');
    await expect(Page.connect(host.url, `${head}.${forged}.${signature}`)).rejects.toThrow('join');
  });

  test.each([
    ['a number', '{"participant": 7}', 400],
    ['half an object', '{', 400],
    ['nothing', '', 400],
    ['five kilobytes', JSON.stringify({ participant: 'x'.repeat(5_000) }), 413],
  ])('join with %s is refused', async (_, body, status) => {
    const response = await post('join', body, { 'Content-Type': 'application/json' });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error.code');
  });
});
