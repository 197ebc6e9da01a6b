/** Loading in a real browser: what is fetched, how often, what is shared, and what goes wrong. */
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lab/index.ts';
import { startHost, type Host } from './support/host.ts';
import { Participant } from './support/participant.ts';
import { whenPrepared } from './support/prepared.ts';

declare global {
  /** What fixtures/trials.html puts there. */
  interface Window {
    trials: unknown[];
    progress: number[];
    run(): void;
    jsPsych: { abortExperiment(): void };
    jsPsychMultiplayerPyodide: {
      preload(trial: unknown, on_progress?: (fraction: number) => void): Promise<boolean>;
      unload(): void;
    };
  }
}

const page = fileURLToPath(new URL('./fixtures/trials.html', import.meta.url));
const SOLO = { game: 'solo', environment: '/fixtures/solo.py', max_steps: 10 };

describe('loading', () => {
  let browser: Browser;
  let host: Host;
  let open: Participant[] = [];
  /** Addresses that the server was asked for. */
  let asked: string[] = [];
  /** What `/switched/` answers: a Pyodide folder that is there only now and then. */
  let switchedOn = false;

  const routes = (app: Express) => {
    app.get('/strict.html', (_request, response) => {
      response.set('Content-Security-Policy', "worker-src 'none'").sendFile(page);
    });
    app.use('/switched', (request, response) => {
      if (switchedOn) response.redirect(`/cotrial/pyodide${request.url}`);
      else response.status(404).end();
    });
    app.use('/stuck', () => undefined);
  };

  beforeAll(async () => {
    browser = await launchChromium();
    host = await startHost({}, (server, app) => {
      server.prependListener('request', (request: IncomingMessage) =>
        asked.push(request.url ?? ''),
      );
      routes(app);
    });
    await whenPrepared(host.url);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });
  afterEach(async () => {
    await Promise.all(open.map((participant) => participant.close()));
    open = [];
  });

  async function visit(
    trials: object[],
    {
      path = '/fixtures/trials.html',
      later = false,
      prepare = (_: Page): Promise<unknown> => Promise.resolve(),
    } = {},
  ): Promise<Participant> {
    asked = [];
    const query = new URLSearchParams({ trials: JSON.stringify(trials) });
    if (later) query.set('later', '1');
    const participant = await Participant.open(
      browser,
      `${host.url}${path}?${query}`,
      async (shown) => {
        await prepare(shown);
      },
    );
    open.push(participant);
    return participant;
  }
  const loads = () => asked.filter((url) => /\/pyodide\/|\.py$/.test(url));

  it('once a page: the same environment is there, another one costs no download', async () => {
    const participant = await visit([SOLO, SOLO, { ...SOLO, environment_options: { stride: 2 } }]);
    const { page: shown } = participant;
    const rows = await participant.data(180_000);
    expect(rows.map(({ outcome, reward_total }) => [outcome, reward_total])).toEqual([
      ['completed', 55],
      ['completed', 55],
      ['completed', 110],
    ]);
    // Every file once, by the address with its hash, however many interpreters were started.
    const files = loads();
    expect(files).toHaveLength(new Set(files).size);
    expect(files.filter((url) => url.endsWith('python_stdlib.zip'))).toHaveLength(1);
    expect(files.filter((url) => url.endsWith('.py'))).toHaveLength(1);
    // The adapter, compiled from the very sources that the page has.
    expect(files.filter((url) => url.endsWith('.marshal'))).toHaveLength(1);
    for (const url of files)
      expect(url).toMatch(/solo\.py$|location\.json$|\/[0-9a-f]{16}-compiled\//);
    const progress = await shown.evaluate(() => window.progress);
    const first = progress.slice(
      0,
      progress.findIndex((p, i) => p < (progress[i - 1] ?? 0)),
    );
    // By bytes: many steps, although what comes is packed.
    expect(first.filter((p) => p > 5 && p < 80).length).toBeGreaterThan(10);
    // Two environments, two workers, until they are told to go.
    expect(shown.workers()).toHaveLength(2);
    await shown.evaluate(() => window.jsPsychMultiplayerPyodide.unload());
    await expect.poll(() => shown.workers()).toHaveLength(0);
    expect(participant.problems).toEqual([]);
  });

  it('before the trial, and an aborted trial leaves no worker', async () => {
    const participant = await visit([SOLO, { ...SOLO, environment_options: { stride: 3 } }], {
      later: true,
    });
    const { page: shown } = participant;
    const fractions = await shown.evaluate(async () => {
      const heard: number[] = [];
      const loaded = await window.jsPsychMultiplayerPyodide.preload(window.trials[0], (f) =>
        heard.push(f),
      );
      return loaded ? heard : null;
    });
    expect(fractions).not.toBeNull();
    expect([...fractions!].sort((a, b) => a - b)).toEqual(fractions);
    expect(fractions!.at(-1)).toBeGreaterThan(0.95);
    asked = [];
    await shown.evaluate(() => window.run());
    // The second trial loads another environment: it is aborted in the middle of that.
    await expect.poll(() => shown.workers().length, { timeout: 60_000 }).toBe(2);
    expect(loads()).toEqual([]);
    await shown.evaluate(() => window.jsPsych.abortExperiment());
    const rows = await participant.data();
    expect(rows[0]).toMatchObject({ outcome: 'completed' });
    await expect.poll(() => shown.workers().length).toBe(1);
    await shown.evaluate(() => window.jsPsychMultiplayerPyodide.unload());
    await expect.poll(() => shown.workers().length).toBe(0);
  });

  it('of a Pyodide that is not there: tried twice, then by a key, then it plays', async () => {
    switchedOn = false;
    const participant = await visit([{ ...SOLO, pyodide_url: '/switched/' }]);
    await participant.screen('ended');
    expect(await participant.page.textContent('.cotrial')).toMatch(/Pyodide did not load/);
    expect(loads().filter((url) => url.endsWith('.py'))).toHaveLength(1);
    expect(asked.filter((url) => url === '/switched/pyodide.mjs')).toHaveLength(2);
    switchedOn = true;
    await participant.page.waitForSelector('.cotrial-retry:enabled');
    await participant.page.keyboard.press('Enter');
    expect(await participant.row()).toMatchObject({ outcome: 'completed', error: null });
  });

  it.each([
    {
      what: 'an environment that raises',
      trial: { environment_options: { broken: true } },
      error: { where: 'load', message: /this walk cannot begin/, traceback: /solo\.py.*line 10/s },
    },
    {
      what: 'an environment that is not there',
      trial: { environment: '/fixtures/nothing.py' },
      error: { where: 'loading', message: /answers 404/, traceback: /^$/ },
    },
    {
      what: 'a Pyodide that never comes',
      trial: { pyodide_url: '/stuck/', load_timeout: 1_000 },
      error: { where: 'loading', message: /not loaded in 1 s/, traceback: /^$/ },
    },
    {
      what: 'a policy that forbids the worker',
      trial: {},
      path: '/strict.html',
      error: { where: 'engine', message: /worker-src blob:.*worker_url/, traceback: /^$/ },
    },
  ])('of $what: a clear screen and load_failed', async ({ trial, path, error }) => {
    const participant = await visit([{ ...SOLO, ...trial }], path === undefined ? {} : { path });
    await participant.screen('ended');
    expect(await participant.page.textContent('.cotrial-heading')).toBe(
      'The game could not be loaded',
    );
    const again = await participant.page.locator('.cotrial-retry').count();
    expect(again).toBe(error.where === 'load' ? 0 : 1);
    await participant.proceed();
    const row = await participant.row();
    expect(row.outcome).toBe('load_failed');
    expect(row.error?.where).toBe(error.where);
    expect(row.error?.message).toMatch(error.message);
    expect(row.error?.traceback).toMatch(error.traceback);
    expect(participant.page.workers()).toHaveLength(0);
  });

  it('in a browser without WebAssembly: unsupported', async () => {
    const participant = await visit([SOLO], {
      prepare: (shown) =>
        shown.addInitScript(() => {
          Reflect.deleteProperty(window, 'WebAssembly');
        }),
    });
    await participant.screen('ended');
    await participant.proceed();
    const row = await participant.row();
    expect(row).toMatchObject({ outcome: 'unsupported' });
    expect(row.outcome_reason).toContain('WebAssembly');
    expect(loads()).toEqual([]);
  });
});

describe('another Pyodide', () => {
  const dir = dirname(createRequire(import.meta.url).resolve('pyodide-oldest/pyodide.mjs'));
  const VOLLEY = {
    game: 'volley',
    environment: '/games/volley.py',
    max_steps: 60,
    load_timeout: 180_000,
  };
  let browser: Browser;
  let host: Host;
  beforeAll(async () => {
    browser = await launchChromium();
    host = await startHost({ pyodideDir: dir }, (_server, app) => {
      // Beside the kit's own, the newest, from a folder as any web server would have it.
      const newest = dirname(createRequire(import.meta.url).resolve('pyodide/pyodide.mjs'));
      app.use('/newest', express.static(newest));
    });
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });
  const play = (trials: object[]) =>
    Promise.all(
      trials.map((trial) => Participant.open(browser, host.trial({ ...VOLLEY, ...trial }))),
    );

  it('plays a whole match on the oldest that is supported', async () => {
    const players = await play([{}, {}]);
    const rows = await Promise.all(players.map((player) => player.row(240_000)));
    for (const row of rows) {
      expect(row).toMatchObject({ outcome: 'completed', n_frames: 60, verification: 'verified' });
    }
    expect(rows[0]!.record_sha256).toBe(rows[1]!.record_sha256);
    await Promise.all(players.map((player) => player.close()));
  });

  it('than the partner has keeps two apart, and both are told why', async () => {
    const players = await play([
      { wait_timeout: 20_000 },
      { wait_timeout: 20_000, pyodide_url: '/newest/' },
    ]);
    for (const player of players) {
      await player.screen('ended', 240_000);
      await player.proceed();
      const row = await player.row();
      expect(row).toMatchObject({ outcome: 'timed_out_waiting', match_id: null });
      expect(row.outcome_reason).toMatch(/Pyodide 0\.28\.0/);
      expect(row.outcome_reason).toMatch(/Pyodide 314\./);
    }
    await Promise.all(players.map((player) => player.close()));
  });
});
