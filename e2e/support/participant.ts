import type { Browser, BrowserContext, Page } from 'playwright-core';
import { installProbe } from './probe.ts';

/** The data row of the multiplayer trial, as far as the tests read it. */
export interface Row {
  trial_type: string;
  outcome: string;
  outcome_by: string | null;
  outcome_reason: string;
  match_id: string | null;
  agent: string | null;
  n_frames: number;
  n_episodes: number;
  reward_total: number;
  record_sha256: string | null;
  verification: string;
  link_type: string | null;
  ping_ms_median: number | null;
  input_delay_median: number | null;
  rollback_count: number;
  rollback_frames_max: number;
  stall_ms_total: number;
  desync_count: number;
  error: { where: string; message: string; traceback: string } | null;
}

/** One person at one browser: an own context, with everything that went wrong on the page. */
export class Participant {
  readonly problems: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()}`);
    });
  }

  static async open(
    browser: Browser,
    url: string,
    prepare: (page: Page) => Promise<void> | void = () => undefined,
  ): Promise<Participant> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    const page = await context.newPage();
    const participant = new Participant(context, page);
    await installProbe(page);
    await prepare(page);
    await page.goto(url);
    return participant;
  }

  /** Waits until the trial shows this screen (its `data-state`). */
  async screen(name: string, timeout = 60_000): Promise<void> {
    await this.page.waitForSelector(`.cotrial[data-state="${name}"]`, {
      timeout,
      state: 'attached',
    });
  }

  /** Waits until the game has run for about so many frames of a game of 30 a second. */
  async frames(count: number, timeout = 90_000): Promise<void> {
    await this.page.waitForFunction(
      (ms) => {
        const first = performance.getEntriesByName('cotrial:first-frame')[0];
        return first !== undefined && performance.now() - first.startTime > ms;
      },
      (count * 1000) / 30,
      { timeout, polling: 100 },
    );
  }

  /** Presses the button of an end screen, as soon as it can be pressed. */
  async proceed(): Promise<void> {
    await this.page.click('.cotrial-continue:enabled');
  }

  /** All rows of the experiment, once its end page shows them. */
  async data(timeout = 120_000): Promise<Record<string, unknown>[]> {
    const element = await this.page
      .waitForSelector('#data', { timeout, state: 'attached' })
      .catch(async (cause: unknown) => {
        const shown = await this.page.textContent('body').catch(() => 'nothing: the page is gone');
        throw new Error(`no end page; the participant sees: ${shown}`, { cause });
      });
    return JSON.parse((await element.textContent()) ?? '') as Record<string, unknown>[];
  }

  /** The row of the multiplayer trial. */
  async row(timeout = 120_000): Promise<Row> {
    const rows = await this.data(timeout);
    const row = rows.find(({ trial_type }) => trial_type === 'multiplayer-pyodide');
    if (row === undefined) throw new Error(`no multiplayer row in ${JSON.stringify(rows)}`);
    return row as unknown as Row;
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
