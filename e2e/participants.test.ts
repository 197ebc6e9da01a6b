/** The page's lobby client and links, without a game, against the server kit in real browsers. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnterRequest } from '../core/src/contract/index.ts';
import { attachCotrial, type CotrialHandle } from '../server-kit/src/index.ts';
import { launchChromium } from './lab/index.ts';
import type {} from './lab/participant-page.ts';

let browser: Browser;
let server: Server;
let kit: CotrialHandle;
let folder: string;
let origin: string;
let closeStrict: (() => Promise<void>) | undefined;

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('./lab/participant-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
  });
  folder = await mkdtemp(join(tmpdir(), 'cotrial-links-'));
  const app = express();
  server = createServer(app);
  kit = attachCotrial({
    app,
    server,
    researcherKey: 'key',
    dataFile: join(folder, 'data.sqlite'),
    countdownMs: 300,
    // Every match here begins with probes; any link of one machine passes.
    maxP2pRttMs: 10_000,
    timings: { lostGraceMs: 500 },
  });
  // The same, for links that no network has.
  const strict = attachCotrial({
    app,
    server,
    path: '/strict',
    researcherKey: 'key',
    dataFile: join(folder, 'strict.sqlite'),
    maxP2pRttMs: 0,
  });
  closeStrict = () => strict.close();
  app.get('/', (_, response) => {
    response.type('html').send('<!doctype html><title>p</title><script src="/p.js"></script>');
  });
  app.get('/p.js', (_, response) => {
    response.type('text/javascript').send(bundle.outputFiles[0]!.text);
  });
  server.listen(0, '127.0.0.1');
  [browser] = await Promise.all([launchChromium(), once(server, 'listening')]);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await browser?.close();
  await closeStrict?.();
  await kit?.close();
  server?.closeAllConnections();
  server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const ENTER: EnterRequest = {
  game: 'none',
  agents: ['a', 'b'],
  environment_sha256: '0'.repeat(64),
  settings: {
    fps: 30,
    episodes: 1,
    max_steps: 10,
    input_delay: 2,
    prediction: 'repeat',
    on_leave: 'end',
    on_desync: 'resync',
    checksum_interval: 30,
    environment_options: '{}',
    pyodide_version: '314.0.7',
  },
  wait_timeout_ms: 60_000,
};

async function match(): Promise<[Page, Page]> {
  const open = async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin);
    await page.evaluate((request) => window.participant.enter(request), ENTER);
    return page;
  };
  const pages = await Promise.all([open(), open()]);
  await Promise.all(pages.map((page) => logged(page, 'start')));
  const seats = await Promise.all(pages.map((page) => page.evaluate(() => window.participant.you)));
  return seats[0] === 0 ? [pages[0], pages[1]] : [pages[1], pages[0]];
}

const PATIENT = { timeout: 60_000 };
const logged = (page: Page, line: string) =>
  page.waitForFunction((l) => window.participant.log.includes(l), line, PATIENT);
const heard = (page: Page, text: string) =>
  page.waitForFunction((t) => window.participant.heard.includes(t), text, PATIENT);
const say = (page: Page, to: number, text: string) =>
  page.evaluate(
    ([player, message]) => {
      const { mesh } = window.participant;
      mesh!.sendControl(player, new TextEncoder().encode(`control ${message}`));
      mesh!.send(player, new TextEncoder().encode(message));
    },
    [to, text] as const,
  );

it('match, start, talk past the server, go on through its relay, and leave', async () => {
  const [a, b] = await match();
  await Promise.all([logged(a, 'direct'), logged(b, 'direct')]);
  await say(a, 1, 'hello');
  await Promise.all([heard(b, 'hello'), heard(b, 'control hello')]);
  expect(kit.stats().relayed_inputs).toBe(0);

  // The whole mesh of one side goes; its page is still there and connected.
  await a.evaluate(() => window.participant.mesh!.close());
  await logged(b, 'server');
  expect(kit.stats().relayed_inputs).toBe(0);
  await say(b, 0, 'by the server');
  await expect.poll(() => kit.stats().relayed_inputs, PATIENT).toBeGreaterThan(0);
  await logged(b, 'down');

  await a.evaluate(() => window.participant.lobby.leave());
  await logged(b, '0 left');
  const exported = await fetch(`${origin}/cotrial/export/matches.jsonl`, {
    headers: { authorization: 'Bearer key' },
  });
  const lines = (await exported.text()).trim().split('\n');
  const { players } = JSON.parse(lines.at(-1)!) as { players: { link_types: unknown }[] };
  expect(JSON.stringify(players[1]!.link_types)).toMatch(/direct.*server/);
});

it('probe their link before the match, and wait on when it is too long', async () => {
  const [a, b] = await match();
  for (const page of [a, b]) {
    const probes = await page.evaluate(() => window.participant.probes);
    expect(probes).toHaveLength(1);
    expect(probes[0]!.rtt_ms).toBeGreaterThan(0);
    await page.close();
  }
  const strict = await Promise.all(
    [0, 1].map(async () => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${origin}/?server=/strict`);
      await page.evaluate((request) => window.participant.enter(request), ENTER);
      return page;
    }),
  );
  for (const page of strict) {
    await logged(page, 'dissolved');
    expect(await page.evaluate(() => window.participant.log)).not.toContain('start');
    await page.close();
  }
});

it('tell the partner when the page of a player is closed', async () => {
  const [a, b] = await match();
  await b.close({ runBeforeUnload: false });
  await logged(a, '1 left');
});
