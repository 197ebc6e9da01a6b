import { existsSync } from 'node:fs';
import puppeteer, { type Browser } from 'puppeteer-core';

/** Where Firefox ESR is, or null. `FIREFOX` names another one. */
export const FIREFOX =
  process.env.FIREFOX ||
  (['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path)) ?? null);

/** Firefox, headless, by WebDriver BiDi; it may connect to other browsers of this machine. */
export function launchFirefox(): Promise<Browser> {
  if (FIREFOX === null) throw new Error('Firefox is not installed: set FIREFOX to its path.');
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: {
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
}
