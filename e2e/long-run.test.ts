/**
 * Python computes the same in Chromium as in Node (PY-4): the demo games in every tier, with forced
 * rollbacks of 1 to 12 frames, lead to the same bytes in both. core/test/python/long-run.test.ts
 * compares Node's with native CPython's; `npm run soak -- --python` plays 2,000 frames.
 */
import type { Browser } from 'playwright-core';
import { loadPyodide } from 'pyodide';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesToPlay, GAMES, programFor, type Report } from '../core/test/python/long-run.ts';
import { launchChromium } from './lab/index.ts';
import { startHost, type Host } from './support/host.ts';

/** As far as the page's Pyodide is used. */
interface Python {
  FS: { mkdirTree(path: string): void; writeFile(path: string, text: string): void };
  runPython(code: string): unknown;
}

declare global {
  interface Window {
    loadPyodide(options: object): Promise<Python>;
  }
}
const FOLDER = '/cotrial/pyodide/';
const PAGE = `<!doctype html><script type="module">
  import { loadPyodide } from '${FOLDER}pyodide.mjs';
  window.loadPyodide = loadPyodide;
</script>`;

let browser: Browser;
let host: Host;
beforeAll(async () => {
  [browser, host] = await Promise.all([
    launchChromium(),
    startHost({}, (_server, app) => {
      app.get('/python.html', (_request, response) => void response.send(PAGE));
    }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await host?.stop();
});

it('games lead to the same bytes in Chromium and in Node, in every tier', async () => {
  const files = filesToPlay();
  const program = programFor(GAMES);
  const page = await browser.newPage();
  await page.goto(`${host.url}/python.html`);
  await page.waitForFunction(() => 'loadPyodide' in window);
  const inChromium = await page.evaluate(
    async ({ folder, files, program }) => {
      const env = { PYTHONHASHSEED: '0' };
      const python = await window.loadPyodide({ indexURL: folder, env });
      python.FS.mkdirTree('/long_run/cotrial_host');
      for (const [path, text] of Object.entries(files)) python.FS.writeFile(path, text);
      return python.runPython(program) as string;
    },
    { folder: FOLDER, files, program },
  );
  await page.close();

  const node = (await loadPyodide({ env: { PYTHONHASHSEED: '0' } })) as unknown as Python;
  node.FS.mkdirTree('/long_run/cotrial_host');
  for (const [path, text] of Object.entries(files)) node.FS.writeFile(path, text);
  const report = JSON.parse(inChromium) as Report;
  expect(Object.keys(report)).toHaveLength(4 * GAMES.length);
  expect(report).toEqual(JSON.parse(node.runPython(program) as string));
  expect(Object.values(report).every(({ same }) => same)).toBe(true);
}, 1_800_000);
