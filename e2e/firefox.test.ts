/**
 * Chromium and Firefox in one match: Python computes the same in both, to the last bit (PY-4), so
 * their records are the same bytes (REC-1).
 */
import type { Browser } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lab/index.ts';
import { exportedMatches } from './support/exports.ts';
import { FIREFOX, launchFirefox } from './support/firefox.ts';
import { SOAK } from './support/network.ts';
import { Participant, type Row } from './support/participant.ts';
import { startServer, type Playground } from './support/playground.ts';

/** `npm test` plays one game of each kind of clock, `npm run soak -- --browsers` all. */
const GAMES = [
  { game: 'volley', max_steps: 240, always: true },
  { game: 'kitchen', max_steps: 80, always: false },
  { game: 'commons', max_steps: 80, always: true },
  { game: 'dilemma', max_steps: 80, always: false },
].filter(({ always }) => always || SOAK);

if (FIREFOX === null) {
  console.warn('Firefox is not installed: matches of Chromium with Firefox are not tried.');
}

describe.skipIf(FIREFOX === null)('Chromium and Firefox in one match', () => {
  let chromium: Browser;
  let firefox: Firefox;
  let server: Playground;
  beforeAll(async () => {
    [chromium, firefox, server] = await Promise.all([
      launchChromium(),
      launchFirefox(),
      startServer(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([chromium?.close(), firefox?.close(), server?.stop()]);
  });

  it.each(GAMES)('$game: the same record, byte for byte', async ({ game, max_steps }) => {
    const address = (seed: number) =>
      `${server.url}/play/${game}?skip=1&autopilot=1&episodes=1&players=2&max_steps=${max_steps}&seed=${seed}`;
    const page = await firefox.newPage();
    const [inChromium] = await Promise.all([
      Participant.open(chromium, address(1)),
      page.goto(address(2)),
    ]);
    const rowInFirefox = async (): Promise<Row> => {
      const data = await page.waitForSelector('#data', { timeout: 200_000 });
      const text = await data!.evaluate((element) => element.textContent ?? '');
      return (JSON.parse(text) as Row[]).find(
        ({ trial_type }) => trial_type === 'multiplayer-pyodide',
      )!;
    };
    const rows = await Promise.all([inChromium.row(200_000), rowInFirefox()]);
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'completed',
        n_frames: max_steps,
        verification: 'verified',
        link_type: 'direct',
        desync_count: 0,
      });
    }
    expect(rows[0].record_sha256).toBe(rows[1].record_sha256);
    expect(inChromium.problems).toEqual([]);
    const match = (await exportedMatches(server.url)).find((m) => m.match_id === rows[0].match_id)!;
    // Not by agreement of the browsers only: the server has the same bytes from both.
    expect(match.players.map(({ record_sha256 }) => record_sha256)).toEqual([
      rows[0].record_sha256,
      rows[0].record_sha256,
    ]);
    await Promise.all([inChromium.close(), page.close()]);
  });
});
