/**
 * Pictures of every screen at a computer's and a phone's size (both ways), in e2e/artifacts/screens/:
 * `node plugin-jspsych/test/gallery.mjs`. Fails where a page scrolls or elements overlap.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const folder = join(root, 'e2e', 'artifacts', 'screens');
const SIZES = [
  { name: '1280x720', width: 1280, height: 720, deviceScaleFactor: 1 },
  { name: '390x844', width: 390, height: 844, deviceScaleFactor: 2 },
  { name: '844x390', width: 844, height: 390, deviceScaleFactor: 1 },
];
const OUTCOMES = [
  'completed partner_left left timed_out_waiting excluded unsupported load_failed',
  'environment_error desync connection_lost removed server_closed',
].flatMap((line) => line.split(' '));
const SCREENS = [
  'loading waiting connecting countdown playing playing-touch paused paused-asleep paused-slow saving',
  ...OUTCOMES.map((outcome) => `ended-${outcome}`),
].flatMap((line) => line.split(' '));

const { outputFiles } = await build({
  entryPoints: [join(here, 'gallery-page.ts')],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  tsconfig: join(root, 'tsconfig.json'),
  plugins: [
    {
      name: 'scripted',
      setup(setup) {
        // The pages need the contract's names and the renderer, not the game's real parts.
        setup.onResolve({ filter: /^@cotrial\/core$/ }, () => ({
          path: join(root, 'core', 'src', 'contract', 'index.ts'),
        }));
        setup.onResolve({ filter: /^\.\/core\.ts$/ }, ({ importer }) =>
          /(trial|preload|index)\.ts$/.test(importer)
            ? { path: join(here, 'gallery-core.ts') }
            : undefined,
        );
      },
    },
  ],
});
const css = readFileSync(join(root, 'node_modules', 'jspsych', 'css', 'jspsych.css'), 'utf8');
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${css}</style>
<body></body><script src="/page.js"></script></html>`;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking',
    '--disable-component-update --disable-sync',
  ].flatMap((line) => line.split(' ')),
});
let faults = 0;
try {
  for (const { name, width, height, deviceScaleFactor } of SIZES) {
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor });
    await context.route('**/*', (route) =>
      route.request().url().endsWith('/page.js')
        ? route.fulfill({ contentType: 'text/javascript', body: outputFiles[0].text })
        : route.fulfill({ contentType: 'text/html', body: page }),
    );
    for (const screen of SCREENS) {
      const tab = await context.newPage();
      tab.on('pageerror', (error) => {
        faults += 1;
        console.log(`${screen}: ${error.message}`);
      });
      await tab.goto(`http://localhost/?screen=${screen}`);
      const state = screen.split('-')[0];
      await tab.waitForSelector(`.cotrial[data-state="${state}"]`);
      if (state === 'ended') await tab.waitForSelector('.cotrial-continue:enabled');
      if (screen === 'ended-environment_error') await tab.click('summary');
      for (const fault of await tab.evaluate(lookForFaults)) {
        faults += 1;
        console.log(`${screen} at ${name}: ${fault}`);
      }
      await tab.screenshot({ path: join(folder, `${name}-${screen}.png`) });
      await tab.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(`${SCREENS.length * SIZES.length} pictures in ${folder}, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;

/** Runs in the page. */
function lookForFaults() {
  const faults = [];
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways by ${scrollWidth - clientWidth}`);
  // Who opens the technical details in a low window may scroll for them.
  const unfolded = document.querySelector('.cotrial details[open]') !== null;
  if (scrollHeight > clientHeight && !unfolded) {
    faults.push(`scrolls down by ${scrollHeight - clientHeight}`);
  }
  const leaves = [...document.querySelectorAll('.cotrial *')].filter(
    (element) => element.childElementCount === 0 && element.textContent.trim() !== '',
  );
  const boxes = leaves
    .filter((element) => element.tagName !== 'STYLE' && element.checkVisibility())
    .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }));
  boxes.forEach(({ text, box }, i) => {
    if (box.left < 0 || box.right > clientWidth) faults.push(`"${text}" leaves the page`);
    for (const { text: other, box: b } of boxes.slice(i + 1)) {
      const apart =
        box.right <= b.left || b.right <= box.left || box.bottom <= b.top || b.bottom <= box.top;
      if (!apart) faults.push(`"${text}" overlaps "${other}"`);
    }
  });
  return faults;
}
