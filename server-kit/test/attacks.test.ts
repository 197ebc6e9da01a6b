/**
 * What a hostile participant may try against signaling, relay and sockets (SEC): each attempt gains
 * nothing, the server's memory stays flat, and a match beside it goes on undisturbed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Counts } from './bystanders.ts';
import { runChild, type Child } from './run-child.ts';
import { idOf, Signaling } from './signaling-client.ts';
import { joinAs, matchPages, Page, playPages, until } from './support.ts';

/** Garbage that an attack may leave behind: far below what one unbounded queue would keep. */
const FLAT_BYTES = 8 * 1024 * 1024;

interface Memory {
  bytes: number;
  dropped_signals: number;
  dropped_inputs: number;
  matches: unknown[];
}

let folder: string;
const children: Child[] = [];
let url: string;
let beside: string;
/** Of the match beside the attacks. */
let besideIds: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cotrial-attacks-'));
  const attacked = await runChild('./children/attacked.ts', {
    COTRIAL_DATA: join(folder, 'study.sqlite'),
    COTRIAL_RESEARCHER_KEY: 'a key for nobody',
  });
  children.push(attacked);
  const [, port] = await attacked.printed(/listening on (\d+) now/);
  url = `http://127.0.0.1:${port}`;
  const match = await runChild('./children/beside.ts', { ATTACKED_URL: url });
  children.push(match);
  const [, control, ids] = await match.printed(/beside on (\d+) as (.*) now/);
  beside = `http://127.0.0.1:${control}`;
  besideIds = ids!.split(' ');
});
afterAll(() => {
  for (const child of children) {
    child.process.kill();
    child.remove();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(address: string): Promise<T> {
  const response = await fetch(address);
  return (await response.json()) as T;
}

const memory = (): Promise<Memory> => ask<Memory>(`${url}/memory`);

async function playBeside(run: () => Promise<unknown>): Promise<Counts> {
  await fetch(`${beside}/play`);
  const error = await run().then(
    () => null,
    (reason: unknown) => ({ reason }),
  );
  const counts = await ask<Counts>(`${beside}/stop`);
  if (error !== null) throw error.reason;
  return counts;
}

/** Runs an attack and says what it changed; fails if anybody else could feel it. */
async function attack(
  run: (before: Memory) => Promise<unknown>,
): Promise<{ before: Memory; after: Memory; during: Counts }> {
  const before = await memory();
  const during = await playBeside(() => run(before));
  const { sent, echoed, median, p99 } = during;
  // Buffers of closed connections are freed a little later than the connections.
  let after = await memory();
  for (let i = 0; i < 50 && after.bytes - before.bytes > FLAT_BYTES / 2; i++)
    after = await memory();
  const grown = (after.bytes - before.bytes) / 1024 / 1024;
  console.log(
    `memory ${grown.toFixed(1)} MiB; beside it ${echoed} of ${sent} packets, ` +
      `median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
  expect(echoed).toBe(sent);
  expect(sent).toBeGreaterThan(0);
  expect(after.bytes - before.bytes).toBeLessThan(FLAT_BYTES);
  return { before, after, during };
}

/** Small seeded generator (mulberry32): a failing run repeats. */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below;
  };
}

/** The status with which an upgrade is answered; 101 when it is granted. */
const upgrade = (path: string, origin: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { origin });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });

test('SEC-1: a foreign origin is refused on every socket', async () => {
  const { matched } = await matchPages(url);
  const { token } = matched[0]!.signaling;
  const paths = [
    `/cotrial/socket.io/?EIO=4&transport=websocket`,
    `/cotrial/signaling/peerjs?key=peerjs&id=${idOf(matched[0]!)}&token=${token}`,
  ];
  await attack(async () => {
    for (let i = 0; i < 100; i++) {
      for (const path of paths) {
        const foreign = i % 2 === 0 ? 'https://evil.example' : 'null';
        expect(await upgrade(path, foreign)).toBeGreaterThanOrEqual(400);
      }
      const polling = await fetch(`${url}/cotrial/socket.io/?EIO=4&transport=polling`, {
        headers: { Origin: 'https://evil.example' },
      });
      expect(polling.status).toBe(403);
    }
  });
  expect(await upgrade(paths[1]!, url)).toBe(101);
});

test('SEC-4: nothing reaches another match, by signal or by relay', async () => {
  const { pages, matched } = await playPages(url);
  const signaling = await Signaling.of(url, matched[0]!);
  const page = pages[0]!.socket as unknown as { emit(...args: unknown[]): void };
  const strangers = [...besideIds, 'absent', '', '__proto__', 'constructor'];
  const seats = [0, 2, -1, 1.5, 99, NaN, '1', null, {}, [1], besideIds[0]];
  const { before, after } = await attack(async (before) => {
    for (let round = 0; round < 20; round++) {
      for (const dst of strangers) signaling.send({ type: 'OFFER', dst, payload: round });
      for (const seat of seats) page.emit('relay', seat, new Uint8Array([1, 2, 3]));
    }
    await until(async () => {
      const { dropped_signals, dropped_inputs } = await memory();
      const inputs = dropped_inputs - before.dropped_inputs;
      return (
        dropped_signals - before.dropped_signals >= 20 * strangers.length &&
        inputs >= 20 * seats.length
      );
    });
  });
  expect(after.dropped_signals - before.dropped_signals).toBe(20 * strangers.length);
  expect(after.dropped_inputs - before.dropped_inputs).toBe(20 * seats.length);
  signaling.socket.terminate();
});

test('SEC-5: no other peer id can be guessed or taken', async () => {
  const { matched } = await matchPages(url);
  const own = matched[0]!;
  const random = seeded(5);
  const letters = () => random(2 ** 52).toString(36);
  const open = (id: string, token: string) =>
    upgrade(`/cotrial/signaling/peerjs?${new URLSearchParams({ key: 'peerjs', id, token })}`, url);
  await attack(async () => {
    for (const id of besideIds) {
      for (const token of [own.signaling.token, '', 'null', letters()]) {
        expect(await open(id, token)).toBe(401);
      }
    }
    expect(await open(idOf(matched[1]!), own.signaling.token)).toBe(401);
    for (let i = 0; i < 300; i++) expect(await open(letters(), own.signaling.token)).toBe(401);
  });
});

test('SEC-6: a message over the limit closes the connection, whatever its size', async () => {
  const { pages, matched, id } = await playPages(url);
  await attack(async () => {
    for (const size of [64 * 1024 + 1, 40 * 1024 * 1024]) {
      const signaling = await Signaling.of(url, matched[0]!);
      // The server closes while much of it is still on its way.
      signaling.socket.on('error', () => undefined);
      signaling.send({ type: 'OFFER', dst: idOf(matched[1]!), payload: 'x'.repeat(size) });
      await until(() => signaling.closed);
    }
    for (const size of [320 * 1024, 40 * 1024 * 1024]) {
      const page = await pages[0]!.again();
      const cut = new Promise((resolve) => page.socket.once('disconnect', resolve));
      page.upload(id, new Uint8Array(size)).catch(() => undefined);
      await cut;
    }
  });
});

test('SEC-7: ten times the allowed rate is throttled, then cut', async () => {
  const { pages, matched } = await playPages(url);
  const signaling = await Signaling.of(url, matched[0]!);
  /** As fast as the network takes it, until the server has had enough. */
  const flood = async (page: Page, burst: number, ...message: unknown[]) => {
    const raw = page.socket as unknown as { emit(...args: unknown[]): void };
    while (page.socket.connected) {
      for (let i = 0; i < burst; i++) raw.emit(...message);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const calm = await playBeside(async () => {
    for (let i = 0; i < 20; i++) await memory();
  });
  const { before, after, during } = await attack(async () => {
    for (let i = 0; i < 5_000; i++) signaling.send({ type: 'HEARTBEAT' });
    await until(() => signaling.closed);
    await flood(pages[0]!, 500, 'relay', 1, new Uint8Array(16));
    await flood(pages[1]!, 200, 'ready', { match_id: 'x' });
  });
  expect(after.dropped_signals - before.dropped_signals).toBeGreaterThan(3_000);
  expect(after.dropped_inputs - before.dropped_inputs).toBeGreaterThan(500);
  // Held back, a flood costs the others nothing that they could feel; it once cost them seconds.
  expect(during.median).toBeLessThan(50 * calm.median);
});

test('SEC-8: messages to 200,000 absent ids are kept nowhere', async () => {
  const { matched } = await matchPages(url);
  const signaling = await Signaling.of(url, matched[0]!);
  // The server closes while most of it is still on its way.
  signaling.socket.on('error', () => undefined);
  const { before, after } = await attack(async () => {
    for (let i = 0; i < 200_000; i++) signaling.send({ type: 'OFFER', dst: `absent-${i}` });
    await until(() => signaling.closed);
  });
  expect(after.dropped_signals - before.dropped_signals).toBeGreaterThan(3_000);
});

test('SEC-13: wrong, deep, huge and random messages throw nothing into the server', async () => {
  const seed = 13;
  const random = seeded(seed);
  const bytes = (length: number) => Uint8Array.from({ length }, () => random(256));
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const texts = [
    '{"type":"OFFER","__proto__":{"dst":"x"},"dst":{"toString":1}}',
    '{"type":"OFFER","dst":"x","payload":NaN}',
    `{"type":"OFFER","dst":"x","payload":${deep}}`,
    deep,
    '"',
    '{}',
    'null',
    '1e999',
    '{"type":["OFFER"]}',
  ];
  const { pages, matched } = await playPages(url);
  await attack(async () => {
    const signaling = await Signaling.of(url, matched[0]!);
    for (const text of texts) signaling.send(text);
    for (let i = 0; i < 300; i++) signaling.socket.send(bytes(random(80)));
    signaling.socket.terminate();

    const socket = pages[0]!.socket as unknown as { emit(...args: unknown[]): void };
    const odd: unknown[] = [
      JSON.parse('{"__proto__": {"isAdmin": true}}'),
      { match_id: 'x', episode: Infinity, seq: NaN, bytes: null },
      JSON.parse(`[${'['.repeat(500)}${']'.repeat(500)}]`),
      bytes(100),
      'x'.repeat(10_000),
      -0,
    ];
    for (const event of ['enter', 'ready', 'upload', 'finish', 'link', 'relay', 'clock', 'rtt']) {
      for (const message of odd) socket.emit(event, message);
    }
    for (let i = 0; i < 500; i++) socket.emit('relay', 1, bytes(random(40)));

    // Not even Socket.IO: frames that its parser has to refuse.
    const { token } = await joinAs(url);
    for (let i = 0; i < 60; i++) {
      const address = `${url.replace('http', 'ws')}/cotrial/socket.io/?EIO=4&transport=websocket`;
      const raw = new WebSocket(address);
      raw.on('error', () => undefined);
      await new Promise((resolve) => raw.once('message', resolve));
      if (i % 2 === 0) raw.send(`40${JSON.stringify({ token })}`);
      raw.send(
        `4${Math.floor(random(9))}${i % 3 === 0 ? deep : '["enter",{"_placeholder":true}]'}`,
      );
      raw.send(`451-["upload",{"_placeholder":true,"num":${Math.floor(random(5))}}]`);
      raw.send(bytes(random(200)));
      raw.close();
      await new Promise((resolve) => raw.once('close', resolve));
    }
  });
  expect(({} as { isAdmin?: boolean }).isAdmin, `seed ${seed}`).toBeUndefined();
  expect((await Page.open(url)).socket.connected).toBe(true);
});

test('a request that never ends its headers holds nobody up', async () => {
  const { port } = new URL(url);
  await attack(async () => {
    const half = Array.from({ length: 200 }, () => {
      const open = request({ port, host: '127.0.0.1', path: '/cotrial/join', method: 'POST' });
      open.on('error', () => undefined);
      open.setHeader('Content-Length', 100);
      open.write('{');
      return open;
    });
    expect((await joinAs(url)).token).toBeTypeOf('string');
    for (const open of half) open.destroy();
  });
});
