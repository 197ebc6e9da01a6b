import puppeteer, { type Browser } from 'puppeteer-core';

/**
 * Chromium that hides tabs as a participant's does: Playwright's pages are always visible and never
 * throttled. A tab is hidden while another one is at the front.
 */
export function launchHidingChromium(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
  });
}
