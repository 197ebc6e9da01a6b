import type { CDPSession, Page } from 'playwright-core';

/** What a page's thread has done since the page was opened, s; `at` is on the same clock. */
export interface PageLoad {
  at: number;
  /** All tasks of the thread, in wall time: what other processes took from it is in here too. */
  tasks: number;
  /** In animation frames' callbacks, by the probe. */
  drawing: number;
  /** Parts of `tasks`: JavaScript (the drawing callbacks too), style and layout. */
  scripts: number;
  layout: number;
}

/** Opens the devtools protocol for a page, to read its thread's load from Chromium itself. */
export async function watchLoad(page: Page): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  return devtools;
}

export async function pageLoad(page: Page, devtools: CDPSession): Promise<PageLoad> {
  const drawing = await page.evaluate(() => window.cotrialProbe.drawing);
  const { metrics } = await devtools.send('Performance.getMetrics');
  const value = (name: string): number => {
    const metric = metrics.find((m) => m.name === name);
    if (metric === undefined) throw new Error(`Chromium does not measure ${name}`);
    return metric.value;
  };
  return {
    at: value('Timestamp'),
    tasks: value('TaskDuration'),
    drawing: drawing / 1000,
    scripts: value('ScriptDuration'),
    layout: value('LayoutDuration') + value('RecalcStyleDuration'),
  };
}
