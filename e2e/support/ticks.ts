import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** Pictures that the worker has sent: one for each tick that played. */
    ticksPlayed: number;
  }
}

/** Counts the game's ticks on the page; before any script of the page runs. */
export async function countTicks(page: Page): Promise<void> {
  await page.addInitScript(countTicksOnPage);
}

/** Waits until the game has played so many ticks. */
export async function ticks(page: Page, count: number, timeout: number): Promise<void> {
  await page.waitForFunction((n) => window.ticksPlayed >= n, count, { timeout, polling: 50 });
}

/** Runs on the page. */
export function countTicksOnPage(): void {
  window.ticksPlayed = 0;
  const Native = window.Worker;
  window.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<{ type: string }>) => {
        if (data.type === 'draw') window.ticksPlayed += 1;
      });
    }
  };
}
