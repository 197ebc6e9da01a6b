/** The playground as a pilot uses it: front page, one person with two sides, a whole experiment. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Frame, Page } from 'playwright-core';
import { launchChromium } from './lab/index.ts';
import { exportedFrames, exportedMatches } from './support/exports.ts';
import { Participant } from './support/participant.ts';
import { startServer, type Playground } from './support/playground.ts';

const SIZES = [
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
];

describe('the playground', () => {
  let browser: Browser;
  let server: Playground;
  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), startServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('lists the games with a picture and two links each', async () => {
    const { page, problems, close } = await opened(server.url);
    for (const game of ['kitchen', 'volley']) {
      for (const kind of ['play', 'side-by-side']) {
        const status = (await page.request.get(`${server.url}/${kind}/${game}`)).status();
        expect(status).toBe(200);
        expect(await page.locator(`a[href="/${kind}/${game}"]`).count()).toBeGreaterThan(0);
      }
    }
    const pictures = await page.$$eval('img', (images) =>
      images.map((image) => image.naturalWidth),
    );
    expect(pictures.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...pictures)).toBeGreaterThan(0);
    expect((await page.request.get(`${server.url}/play/unknown`)).status()).toBe(404);
    for (const size of SIZES) expect(await overflow(page, size)).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  it('lets one person play both sides: W A S D on the left, arrows on the right', async () => {
    const { page, close } = await opened(
      `${server.url}/side-by-side/volley?skip=1&max_steps=120&episodes=1`,
    );
    const frames = await Promise.all([sideOf(page, 'left'), sideOf(page, 'right')]);
    await Promise.all(
      frames.map((frame) =>
        frame.waitForFunction(
          () => performance.getEntriesByName('cotrial:first-frame').length > 0,
          undefined,
          { timeout: 90_000, polling: 100 },
        ),
      ),
    );
    await page.keyboard.down('d');
    await page.keyboard.down('ArrowLeft');
    const [left, right] = await Promise.all(frames.map(rowOf));
    await page.keyboard.up('d');
    await page.keyboard.up('ArrowLeft');
    expect([left!.outcome, right!.outcome]).toEqual(['completed', 'completed']);
    expect(left!.record_sha256).toBe(right!.record_sha256);
    const rows = await exportedFrames(server.url, left!.match_id);
    const last = rows.at(-1)!;
    // The actions of volley.py: 1 runs to the left, 2 to the right.
    expect(last[`action.${left!.agent}`]).toBe('2');
    expect(last[`action.${right!.agent}`]).toBe('1');
    // The window has the focus, so both of its frames count as focused.
    expect(last[`is_focused.${left!.agent}`]).toBe('true');
    expect(last[`is_focused.${right!.agent}`]).toBe('true');
    for (const size of SIZES) expect(await overflow(page, size)).toBe(0);
    await close();
  });

  it.each([
    ['players=4', 4],
    ['players=99', 8],
  ])('shows the participants of a game for many in one window: %s', async (query, count) => {
    const { page, problems, close } = await opened(
      `${server.url}/side-by-side/commons?autopilot=0&${query}`,
    );
    for (let i = 1; i <= count; i++) await sideOf(page, `player-${i}`);
    expect(await page.locator('iframe').count()).toBe(count);
    await page.click('#player-2 .bar');
    expect(await page.locator('.chosen').getAttribute('id')).toBe('player-2');
    for (const size of SIZES) expect(await overflow(page, size)).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  it('is a plain jsPsych experiment: instructions, the game, a question, the data', async () => {
    const url = `${server.url}/play/kitchen?max_steps=40&autopilot=1`;
    const players = await Promise.all([1, 2].map(() => Participant.open(browser, url)));
    const ends = await Promise.all(
      players.map(async ({ page, ...player }) => {
        for (const size of SIZES) expect(await overflow(page, size)).toBe(0);
        await page.click('text=Start');
        await page.waitForSelector('input[type=radio]', { timeout: 120_000 });
        await page.click('input[type=radio] >> nth=3');
        await page.click('input[type=submit], button[type=submit]');
        await page.waitForSelector('#data', { state: 'attached' });
        for (const size of SIZES) expect(await overflow(page, size)).toBe(0);
        expect(player.problems).toEqual([]);
        return (await page.textContent('#data')) ?? '';
      }),
    );
    for (const text of ends) {
      const rows = JSON.parse(text) as { trial_type: string; verification?: string }[];
      expect(rows.map((row) => row.trial_type)).toEqual([
        'html-button-response',
        'multiplayer-pyodide',
        'survey-likert',
      ]);
      expect(rows[1]!.verification).toBe('verified');
    }
    const match = (await exportedMatches(server.url)).find(({ game }) => game === 'kitchen');
    expect(match?.episodes).toMatchObject([{ n_frames: 40, verification: 'verified' }]);
    await Promise.all(players.map((player) => player.close()));
  });

  async function opened(url: string) {
    const participant = await Participant.open(browser, url);
    return {
      page: participant.page,
      problems: participant.problems,
      close: () => participant.close(),
    };
  }
});

/** Pixels by which the page is wider than the window. */
async function overflow(page: Page, size: { width: number; height: number }): Promise<number> {
  await page.setViewportSize(size);
  return page.evaluate(() =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  );
}

async function sideOf(page: Page, id: string): Promise<Frame> {
  const element = await page.waitForSelector(`#${id} iframe`);
  const frame = await element.contentFrame();
  if (frame === null) throw new Error(`the ${id} side has no frame`);
  await frame.waitForURL(/\/play\//);
  return frame;
}

interface SideRow {
  trial_type: string;
  outcome: string;
  agent: string;
  match_id: string;
  record_sha256: string;
}

async function rowOf(frame: Frame): Promise<SideRow | undefined> {
  const element = await frame.waitForSelector('#data', { timeout: 120_000, state: 'attached' });
  const rows = JSON.parse((await element.textContent()) ?? '') as SideRow[];
  return rows.find((row) => row.trial_type === 'multiplayer-pyodide');
}
