/**
 * Pages that browsers put to sleep, hide, or take the focus from, in the middle of a game: no input
 * is lost, partners are told, and both records say the same.
 */
import type { Browser, CDPSession, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchHidingChromium } from './support/hidden-chromium.ts';
import { startHost, type Host } from './support/host.ts';
import { SOAK } from './support/network.ts';
import type { Row } from './support/participant.ts';
import { countTicksOnPage } from './support/ticks.ts';

const KEYS = { ArrowLeft: 1, ArrowRight: 2, ArrowUp: 3 };
const VOLLEY = {
  environment: '/games/volley.py',
  keys: KEYS,
  include_frames: true,
  load_timeout: 180_000,
  wait_timeout: 240_000,
};
const FREEZE_MS = 20_000;
const HIDDEN_MS = 60_000;
/** Frames of an episode, of the two of which the focus comes and goes: eight seconds. */
const EPISODE = 240;

/** The trial's data with its frames, as far as they are read here. */
interface PlayedRow extends Row {
  frames: { actions: number[]; is_focused: boolean[]; statuses: string[] }[][];
}

declare global {
  interface Window {
    /** Times at which a timer of the page came, ms. */
    beats: number[];
  }
}

describe('a page', () => {
  let browser: Browser;
  let host: Host;
  beforeAll(async () => {
    [browser, host] = await Promise.all([launchHidingChromium(), startHost({ countdownMs: 0 })]);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });

  /** Two players, in windows of their own, who press keys all the time. */
  async function pair(trial: Record<string, unknown>): Promise<[Page, Page]> {
    const open = async () => {
      const page = await (await browser.createBrowserContext()).newPage();
      await page.evaluateOnNewDocument(countTicksOnPage);
      await page.evaluateOnNewDocument(pressKeys, Object.keys(KEYS));
      return page;
    };
    const pages: [Page, Page] = [await open(), await open()];
    await Promise.all(pages.map((page) => page.goto(host.trial({ ...VOLLEY, ...trial }))));
    return pages;
  }

  it('frozen for 20 s catches up; its partner is told for whom the game waits', async () => {
    const [frozen, partner] = await pair({ game: 'frozen', max_steps: 300 });
    await Promise.all([played(frozen, 90), played(partner, 90)]);
    const worker = frozen.workers()[0]!;
    await worker.evaluate(() => {
      const scope = globalThis as unknown as { beats: number[] };
      scope.beats = [performance.now()];
      setInterval(() => scope.beats.push(performance.now()), 50);
    });
    // As Chrome does it: only to pages that are hidden.
    await hide(frozen);
    const devtools = await frozen.createCDPSession();
    await lifecycle(devtools, 'frozen');
    const woken = new Promise((resolve) => setTimeout(resolve, FREEZE_MS));
    const says = (text: string) =>
      partner.waitForFunction(
        (part) => document.querySelector('.cotrial-card')?.textContent.includes(part),
        { timeout: FREEZE_MS, polling: 50 },
        text,
      );
    // It is told so, and how long it may take: 30 s from then on, not the 15 s of a lost connection.
    await says('put the game to sleep');
    const said = await partner.$eval('.cotrial-card', (card) => card.textContent ?? '');
    expect(Number(/(\d+)\u00a0s/.exec(said)![1])).toBeGreaterThan(15);
    const stoodAt = await partner.evaluate(() => window.ticksPlayed);
    await woken;
    expect(await partner.evaluate(() => window.ticksPlayed)).toBeLessThan(stoodAt + 30);
    await lifecycle(devtools, 'active');
    await frozen.bringToFront();
    const [longest, inWorker] = await Promise.all([
      frozen.evaluate(longestGap),
      worker.evaluate(longestGap),
    ]);
    console.log(`gaps: page ${longest.toFixed(0)} ms, its worker ${inWorker.toFixed(0)} ms`);
    expect(longest).toBeGreaterThan(FREEZE_MS - 1_000);

    const [rowA, rowB] = await Promise.all([rowOf(frozen), rowOf(partner)]);
    expect(said).toContain(rowA.agent);
    for (const row of [rowA, rowB]) {
      expect(row).toMatchObject({
        outcome: 'completed',
        outcome_by: null,
        n_frames: 300,
        verification: 'verified',
        desync_count: 0,
      });
    }
    expect(rowA.record_sha256).toBe(rowB.record_sha256);
    expect(rowA.frames).toEqual(rowB.frames);
    // It was there all the time, and its keys count before and after.
    const seat = Number(rowA.agent!.at(-1));
    expect(new Set(rowA.frames[0]!.map(({ statuses }) => statuses[seat])).size).toBe(1);
    const actions = rowA.frames[0]!.map((frame) => frame.actions[seat]);
    expect(new Set(actions.slice(0, 90)).size).toBeGreaterThan(2);
    expect(new Set(actions.slice(-90)).size).toBeGreaterThan(2);
    await close([frozen, partner]);
  });

  it('hidden or without the focus, over the end of an episode too: both records say when', async () => {
    const [hidden, partner] = await pair({ game: 'hidden', max_steps: EPISODE, episodes: 2 });
    await Promise.all([played(hidden, 60), played(partner, 60)]);
    await hide(hidden);
    // The partner's page stays in view, but another window is used: within the episode, and over its end.
    await played(partner, 80);
    await focus(partner, false);
    await played(partner, 120);
    await focus(partner, true);
    await played(partner, 160);
    await focus(partner, false);
    await played(partner, EPISODE + 80);
    await focus(partner, true);
    await played(partner, EPISODE + 120);
    await hidden.bringToFront();
    const rows = await Promise.all([rowOf(hidden), rowOf(partner)]);
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'completed',
        n_frames: 2 * EPISODE,
        verification: 'verified',
        desync_count: 0,
      });
    }
    expect(rows[0].record_sha256).toBe(rows[1].record_sha256);
    const seat = Number(rows[0].agent!.at(-1));
    const [a, b] = rows.map((row) => row.frames.flat().map(({ is_focused }) => is_focused));
    expect(a).toEqual(b);
    expect(a).toHaveLength(2 * EPISODE);
    // From about where the focus went to about where it came back, and nowhere else.
    const inView = stretches(a!.map((is) => is[seat]!));
    expect(inView.map(({ is }) => is)).toEqual([true, false, true]);
    expect(inView[1]!.from).toBeGreaterThan(30);
    expect(inView[1]!.from).toBeLessThan(EPISODE);
    expect(inView[2]!.from).toBeGreaterThan(EPISODE);
    const inUse = stretches(a!.map((is) => is[1 - seat]!));
    expect(inUse.map(({ is }) => is)).toEqual([true, false, true, false, true]);
    expect(inUse[3]!.from).toBeLessThan(EPISODE);
    expect(inUse[4]!.from).toBeGreaterThan(EPISODE);
    await close([hidden, partner]);
  });

  it.runIf(SOAK)('really hidden for a minute plays on, and loses nothing', async () => {
    const [hidden, partner] = await pair({ game: 'minute', max_steps: 2_700 });
    await Promise.all([played(hidden, 150), played(partner, 150)]);
    const before = await counts(hidden);
    await hide(hidden);
    await new Promise((resolve) => setTimeout(resolve, HIDDEN_MS));
    const after = await counts(hidden);
    await hidden.bringToFront();
    // As Chrome treats hidden pages: their timers come once a second, its worker's as ever.
    expect(after.beats - before.beats).toBeLessThan((2 * HIDDEN_MS) / 1_000);
    expect(after.ticks - before.ticks).toBeGreaterThan(HIDDEN_MS / 100);
    const rows = await Promise.all([rowOf(hidden), rowOf(partner)]);
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'completed',
        n_frames: 2_700,
        verification: 'verified',
        link_type: 'direct',
        desync_count: 0,
      });
    }
    expect(rows[0].record_sha256).toBe(rows[1].record_sha256);
    expect(rows[0].frames).toEqual(rows[1].frames);
    const seat = Number(rows[0].agent!.at(-1));
    const frames = rows[0].frames[0]!;
    const [, lost, again, ...more] = stretches(frames.map((frame) => frame.is_focused[seat]!));
    expect(more).toEqual([]);
    expect(again!.from - lost!.from).toBeGreaterThan(HIDDEN_MS / 100);
    // What the partner pressed meanwhile was played in the hidden page as well.
    const meanwhile = frames.slice(lost!.from, again!.from);
    expect(stretches(meanwhile.map((frame) => frame.actions[1 - seat]!)).length).toBeGreaterThan(
      200,
    );
    expect(new Set(frames.map(({ statuses }) => statuses[seat])).size).toBe(1);
    await close([hidden, partner]);
  });
});

const played = (page: Page, frames: number) =>
  page.waitForFunction((n) => window.ticksPlayed >= n, { timeout: 240_000, polling: 50 }, frames);

/** Brings another tab of its window to the front. */
async function hide(page: Page): Promise<void> {
  await (await page.browserContext().newPage()).bringToFront();
  await page.waitForFunction(() => document.visibilityState === 'hidden', { polling: 50 });
}

/** As a browser tells a page that another window, or another program, has the keyboard. */
const focus = (page: Page, has: boolean) =>
  page.evaluate((now) => {
    document.hasFocus = () => now;
    window.dispatchEvent(new Event(now ? 'focus' : 'blur'));
  }, has);

/** Ticks played, and times that a timer of the page came, until now. */
const counts = (page: Page): Promise<{ ticks: number; beats: number }> =>
  page.evaluate(() => ({ ticks: window.ticksPlayed, beats: window.beats.length }));

/** Where a column's value changes, and to what. */
function stretches<T>(column: readonly T[]): { is: T; from: number }[] {
  const all = column.map((is, from) => ({ is, from }));
  return all.filter(({ is, from }) => from === 0 || is !== column[from - 1]);
}

const lifecycle = (devtools: CDPSession, state: 'frozen' | 'active') =>
  devtools.send('Page.setWebLifecycleState', { state });

const close = (pages: Page[]) => Promise.all(pages.map((page) => page.browserContext().close()));

async function rowOf(page: Page): Promise<PlayedRow> {
  const data = await page.waitForSelector('#data', { timeout: 120_000 });
  const rows = JSON.parse(await data!.evaluate((element) => element.textContent ?? '')) as Row[];
  return rows.find(({ trial_type }) => trial_type === 'multiplayer-pyodide') as PlayedRow;
}

/** Runs where `beats` are: the longest time without one, up to now. */
function longestGap(): number {
  const { beats } = globalThis as unknown as { beats: number[] };
  return Math.max(...beats.map((beat, i) => (beats[i + 1] ?? performance.now()) - beat));
}

/** Runs on the page, before its scripts. */
function pressKeys(keys: string[]): void {
  window.beats = [performance.now()];
  let n = 0;
  setInterval(() => {
    window.beats.push(performance.now());
    const target = document.querySelector('.jspsych-content');
    const send = (type: string, key: string) =>
      target?.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
    if (n % 3 === 0) send('keyup', keys[(n / 3) % keys.length]!);
    n += 1;
    if (n % 3 === 0) send('keydown', keys[(n / 3) % keys.length]!);
  }, 50);
}
