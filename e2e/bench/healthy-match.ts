import type { Browser } from 'playwright-core';
import { DEFAULT_TIMINGS } from '../../server-kit/src/timings.ts';
import { launchChromium } from '../lab/index.ts';
import { whenPrepared } from '../support/prepared.ts';
import { markTime, transportBytesSent } from '../support/probe.ts';
import { median, type Figure } from './figure.ts';
import { closeAll, FPS, mark, openVolley, readTwice, startPlayground } from './two-players.ts';

const RUNS = 3;
/** Bytes are counted within play, after the links have found their round-trip times, ms. */
const SETTLE_MS = 3_000;
const WINDOW_MS = 15_000;
/** Longer than the windows. */
const FRAMES = ((SETTLE_MS + WINDOW_MS) / 1000 + 10) * FPS;

/** What one page needed, ms since its navigation began. */
interface Begin {
  joined: number;
  loaded: number;
  matched: number;
  linked: number;
  start: number;
  first_frame: number;
}

interface Run {
  begins: Begin[];
  /** kB/s that each peer sends. */
  kilobytes: number[];
}

/** PERF-6, PERF-10 and PERF-13: volley for two on a healthy network, nothing cached. */
export async function measureHealthy(): Promise<Figure[]> {
  const browser = await launchChromium();
  const server = await startPlayground();
  const runs: Run[] = [];
  try {
    await whenPrepared(server.url);
    for (let i = 0; i < RUNS; i++) runs.push(await play(browser, server.url));
  } finally {
    await browser.close();
    await server.stop();
  }
  return [beginning(runs), opening(runs), bytes(runs)];
}

async function play(browser: Browser, url: string): Promise<Run> {
  const players = await openVolley(browser, url, { max_steps: FRAMES });
  const begins = await Promise.all(
    players.map(async (player) => {
      const first_frame = await mark(player, 'first-frame');
      const at = async (name: string) => (await markTime(player.page, name))!;
      return {
        joined: await at('joined'),
        loaded: await at('loaded'),
        matched: await at('matched'),
        linked: await at('linked'),
        start: await at('start'),
        first_frame,
      };
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const sent = await readTwice(players, WINDOW_MS, async (page) => ({
    bytes: await transportBytesSent(page),
    at: await page.evaluate(() => performance.now()),
  }));
  const over = await Promise.all(players.map(({ page }) => markTime(page, 'over')));
  if (over.some((at) => at !== null)) throw new Error('the game was over before the window was');
  await closeAll(players);
  const kilobytes = sent.map(
    ({ before, after }) => (after.bytes - before.bytes) / (after.at - before.at),
  );
  return { begins, kilobytes };
}

/**
 * The countdown that participants see is the server kit's default, which the playground keeps. The
 * margin before it, in which the start is told to everybody, counts as time that we need.
 */
const { countdownMs, startMarginMs } = DEFAULT_TIMINGS;

const seconds = (ms: number): number => Number((ms / 1000).toFixed(3));

/** Median over runs, each run's worse page. */
const worse = (runs: readonly Run[], of: (begin: Begin) => number): number =>
  seconds(median(runs.map(({ begins }) => Math.max(...begins.map(of)))));

function beginning(runs: readonly Run[]): Figure {
  return {
    id: 'PERF-6',
    value: worse(runs, (begin) => begin.first_frame - begin.matched - countdownMs),
    goal: 1,
    unit: 's',
    detail: {
      subtracted_countdown_s: countdownMs / 1000,
      included_start_margin_s: startMarginMs / 1000,
      matched_to_start_told_s: worse(runs, (begin) => begin.start - begin.matched),
      start_told_to_first_frame_s: worse(runs, (begin) => begin.first_frame - begin.start),
      runs: runs.length,
    },
  };
}

function opening(runs: readonly Run[]): Figure {
  return {
    id: 'PERF-10',
    value: worse(runs, (begin) => begin.first_frame - countdownMs),
    goal: 6,
    unit: 's',
    detail: {
      subtracted_countdown_s: countdownMs / 1000,
      joined_s: worse(runs, (begin) => begin.joined),
      loaded_s: worse(runs, (begin) => begin.loaded),
      matched_s: worse(runs, (begin) => begin.matched),
      linked_s: worse(runs, (begin) => begin.linked),
      pages: runs.map(({ begins }) =>
        begins.map((begin) => seconds(begin.first_frame - countdownMs)),
      ),
    },
  };
}

function bytes(runs: readonly Run[]): Figure {
  return {
    id: 'PERF-13',
    value: median(runs.map(({ kilobytes }) => Math.max(...kilobytes))),
    goal: 4,
    unit: 'kB/s',
    detail: {
      window_s: WINDOW_MS / 1000,
      peers: runs.map(({ kilobytes }) => kilobytes.map((rate) => Number(rate.toFixed(2)))),
    },
  };
}
