/**
 * Pages that browsers put to sleep, hide, or take the focus from, in the middle of a game: no input
 * is lost, partners are told, and both records say the same.
 */
import type { Browser, CDPSession, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchHidingChromium } from './support/hidden-chromium.ts';
import { startHost, type Host } from './support/host.ts';
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
/** Of the hidden page: ten seconds, over the end of the first episode. */
const EPISODE = { frames: 240, hidden_from: 60, shown_from: 360 };

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

  it('hidden over the end of an episode plays on, and both records say when', async () => {
    const { frames, hidden_from, shown_from } = EPISODE;
    const [hidden, partner] = await pair({ game: 'hidden', max_steps: frames, episodes: 2 });
    await Promise.all([played(hidden, hidden_from), played(partner, hidden_from)]);
    await hide(hidden);
    await played(partner, shown_from);
    await hidden.bringToFront();
    const rows = await Promise.all([rowOf(hidden), rowOf(partner)]);
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'completed',
        n_frames: 2 * frames,
        verification: 'verified',
        desync_count: 0,
      });
    }
    expect(rows[0].record_sha256).toBe(rows[1].record_sha256);
    const seat = Number(rows[0].agent!.at(-1));
    const [a, b] = rows.map((row) => row.frames.flat().map(({ is_focused }) => is_focused));
    expect(a).toEqual(b);
    // Focused, then not, then again: from about where it was hidden to about where it came back.
    const lost = a!.findIndex((is) => is[seat] === false);
    const again = a!.findIndex((is, frame) => frame > lost && is[seat] === true);
    expect(lost).toBeGreaterThan(hidden_from / 2);
    expect(lost).toBeLessThan(frames);
    expect(again).toBeGreaterThan(frames);
    expect(again).toBeLessThan(2 * frames);
    a!.forEach((is, frame) => {
      expect(is[seat]).toBe(frame < lost || frame >= again);
      expect(is[1 - seat]).toBe(true);
    });
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
