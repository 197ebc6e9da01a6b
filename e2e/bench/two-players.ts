import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Participant } from '../support/participant.ts';
import { startServer } from '../support/playground.ts';
import { markTime } from '../support/probe.ts';

export const FPS = 30;
/** Longest wait for a match to begin, ms: far over every goal, so that slowness is measured too. */
const BEGIN_MS = 90_000;

/** The playground of the repository. Programs of `npm run` are started in its root. */
export const startPlayground = (env: Record<string, string> = {}) =>
  startServer(join(process.cwd(), 'demos', 'playground', 'server.mjs'), env);

/** Longer than a new window of Chromium needs for itself (its address bar is a page of 200 files). */
const WINDOW_OPENING_MS = 3_000;

/**
 * Opens volley for two at the same moment, in fresh contexts: nothing is cached. Their windows are
 * there before, as a participant's browser is: opening two of them costs two seconds of a core.
 */
export async function openVolley(
  browser: Browser,
  url: string,
  parameters: Record<string, number>,
): Promise<Participant[]> {
  const participants = await Promise.all(
    [11, 12].map(() => Participant.open(browser, 'about:blank')),
  );
  await new Promise((resolve) => setTimeout(resolve, WINDOW_OPENING_MS));
  await Promise.all(
    participants.map(({ page }, player) => {
      const query = new URLSearchParams({ skip: '1', autopilot: '1', episodes: '1' });
      for (const [name, value] of Object.entries({ ...parameters, seed: 11 + player })) {
        query.set(name, String(value));
      }
      return page.goto(`${url}/play/volley?${query}`);
    }),
  );
  return participants;
}

/** Waits until the page set this mark. @throws Error that says what the page shows instead */
export async function mark(
  participant: Participant,
  name: string,
  timeout = BEGIN_MS,
): Promise<number> {
  const { page, problems } = participant;
  let cause: unknown;
  try {
    await page.waitForFunction(
      (m) =>
        performance.getEntriesByName(`cotrial:${m}`).length > 0 ||
        document.querySelector('.cotrial[data-state="ended"], #data') !== null,
      name,
      { timeout, polling: 200 },
    );
  } catch (error) {
    cause = error;
  }
  const at = await markTime(page, name);
  if (at !== null) return at;
  const shown = (await page.locator('body').innerText()).slice(0, 500);
  throw new Error(`no mark "${name}"; the page shows: ${[shown, ...problems].join('\n')}`, {
    cause,
  });
}

/** Reads something of every page now and `ms` later. Nothing else is asked of them in between. */
export async function readTwice<T>(
  participants: readonly Participant[],
  ms: number,
  read: (page: Page, player: number) => Promise<T>,
): Promise<{ before: T; after: T }[]> {
  const now = () => Promise.all(participants.map(({ page }, player) => read(page, player)));
  const before = await now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await now();
  return after.map((last, player) => ({ before: before[player]!, after: last }));
}

export async function closeAll(participants: readonly Participant[]): Promise<void> {
  await Promise.all(participants.map((participant) => participant.close()));
}
