/** Twenty games in one page: what the first ones leave is all there ever is (NET-11). */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lab/index.ts';
import { census, installCensus, type Census } from './support/census.ts';
import { startHost, type Host } from './support/host.ts';
import { Participant, type Row } from './support/participant.ts';

const TOGETHER = {
  game: 'volley',
  environment: '/games/volley.py',
  keys: { ArrowLeft: 1, ArrowRight: 2, ArrowUp: 3 },
};
const ALONE = { game: 'solo', environment: '/fixtures/solo.py' };
const FIRST = [TOGETHER, ALONE, TOGETHER];
/** With the first three: twenty, ten of them for two. */
const FURTHER = Array.from({ length: 17 }, (_, i) => (i % 2 === 0 ? ALONE : TOGETHER));

/** What data rows, jsPsych's own records and the browser's caches of code may add in 17 games. */
const MAX_GROWTH_BYTES = 1_000_000;

describe('twenty trials in one page', () => {
  let browser: Browser;
  let host: Host;
  beforeAll(async () => {
    [browser, host] = await Promise.all([launchChromium(), startHost({ countdownMs: 0 })]);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });

  it('leave no more behind than two environments in their workers', async () => {
    const trials = ['pause', ...FIRST, 'pause', ...FURTHER, 'pause'];
    const query = new URLSearchParams({
      trials: JSON.stringify(trials),
      all: JSON.stringify({ max_steps: 8, load_timeout: 180_000, wait_timeout: 240_000 }),
    });
    const open = () =>
      Participant.open(browser, `${host.url}/fixtures/many-trials.html?${query}`, installCensus);
    const players = await Promise.all([open(), open()]);
    const pages = players.map(({ page }) => page);

    await Promise.all(pages.map((page) => standing(page)));
    const before = await Promise.all(pages.map(census));
    await Promise.all(pages.map(proceed));
    const early = await Promise.all(pages.map((page) => atRest(page, null)));
    await Promise.all(pages.map(proceed));
    const late = await Promise.all(pages.map((page, i) => atRest(page, early[i]!.found)));
    console.log(
      late.map(({ bytes }, i) => `${early[i]!.bytes} bytes after 3 trials, ${bytes} after 20`),
    );
    for (const i of [0, 1]) {
      expect(late[i]!.found).toEqual(early[i]!.found);
      // The environments wait in their workers for the next game, each until its time is over.
      expect(late[i]!.found).toEqual({
        ...before[i],
        worker: 2,
        'Blob URL': 2,
        [`timeout of ${10 * 60_000} ms`]: 2,
      });
      expect(late[i]!.bytes - early[i]!.bytes).toBeLessThan(MAX_GROWTH_BYTES);
    }
    await Promise.all(pages.map(unload));
    expect(await Promise.all(pages.map(census))).toEqual(before);
    await Promise.all(pages.map(proceed));
    for (const player of players) {
      const rows = (await player.data()).filter(
        ({ trial_type }) => trial_type === 'multiplayer-pyodide',
      ) as unknown as Row[];
      expect(rows.map(({ outcome }) => outcome)).toEqual(Array(20).fill('completed'));
      expect(rows.map(({ verification }) => verification)).toEqual(Array(20).fill('verified'));
      expect(rows.filter(({ link_type }) => link_type === 'direct')).toHaveLength(10);
      expect(player.problems).toEqual([]);
      await player.close();
    }
  });
});

const standing = (page: Page) => page.waitForSelector('#pause', { timeout: 270_000 });

const unload = (page: Page) =>
  page.evaluate(() => {
    const plugin: unknown = Reflect.get(window, 'jsPsychMultiplayerPyodide');
    (plugin as { unload(): void }).unload();
  });

async function proceed(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { proceed(): void }).proceed());
  await page.waitForSelector('#pause', { state: 'detached' });
}

/** In the next pause, once nothing of the last game is being put away any more. */
async function atRest(
  page: Page,
  expected: Census | null,
): Promise<{ found: Census; bytes: number }> {
  await standing(page);
  const isAtRest = (found: Census) =>
    expected === null
      ? found['peer connection'] === undefined && !Object.keys(found).some(isOfAGame)
      : JSON.stringify(found) === JSON.stringify(expected);
  let found = await census(page);
  // Whatever is left after this is shown by the comparisons.
  for (let i = 0; i < 100 && !isAtRest(found); i++) {
    await page.waitForTimeout(100);
    found = await census(page);
  }
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return { found, bytes: usedSize };
}

const isOfAGame = (what: string) => /^(channel|socket|interval|animation)/.test(what);
