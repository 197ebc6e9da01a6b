import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import pixelmatch from 'pixelmatch';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const STORED = here('../pictures');
/** What a failed comparison leaves to look at; not in version control. */
const SEEN = here('../artifacts/pictures');

/** Colours closer than this (0 to 1, by what the eye sees) are the same. */
const COLOR_TOLERANCE = 0.1;
/** Share of pixels that may differ: edges are smoothed a little differently by other machines. */
const PIXEL_TOLERANCE = 0.0002;

/** A page with one canvas of the product, in Roboto, so that texts look the same everywhere. */
export async function openPicturePage(
  browser: Browser,
  density: number,
  size: { width: number; height: number },
): Promise<Page> {
  const context = await browser.newContext({ deviceScaleFactor: density });
  const page = await context.newPage();
  await page.setContent(`<!doctype html><style>
    ${[400, 700].map(fontFace).join('\n')}
    div { width: ${size.width}px; height: ${size.height}px; }
    canvas { font-family: Roboto; }
  </style><div><canvas></canvas></div>`);
  await page.evaluate(() =>
    Promise.all([document.fonts.load('400 12px Roboto'), document.fonts.load('700 12px Roboto')]),
  );
  await page.addScriptTag({ content: await script() });
  return page;
}

function fontFace(weight: number): string {
  const font = createRequire(import.meta.url).resolve(
    `@fontsource/roboto/files/roboto-latin-${weight}-normal.woff2`,
  );
  const data = readFileSync(font).toString('base64');
  return `@font-face { font-family: Roboto; font-weight: ${weight};
    src: url(data:font/woff2;base64,${data}) format('woff2'); }`;
}

let bundle: Promise<string> | null = null;
function script(): Promise<string> {
  bundle ??= build({
    entryPoints: [here('../lab/picture-page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  }).then(({ outputFiles }) => outputFiles[0]!.text);
  return bundle;
}

/** What Python's `marshal.dumps` makes of an expression; `setUp` runs before it, in demos/games. */
export function marshalledByPython(setUp: string, expression: string): number[] {
  const code = `${setUp}\nimport marshal, sys\nsys.stdout.buffer.write(marshal.dumps(${expression}, 2))`;
  return [...execFileSync('python3', ['-B', '-c', code], { cwd: here('../../demos/games') })];
}

/**
 * Pixels of `png` (a data URL) that differ from the stored picture of that name beyond tolerance,
 * as a sentence; empty if it is the same picture. UPDATE_PICTURES=1 stores it instead.
 */
export function differenceFromStored(name: string, png: string): string {
  const bytes = Buffer.from(png.slice(png.indexOf(',') + 1), 'base64');
  const path = `${STORED}/${name}.png`;
  if (process.env.UPDATE_PICTURES === '1') {
    mkdirSync(STORED, { recursive: true });
    writeFileSync(path, bytes);
    return '';
  }
  const [seen, stored] = [PNG.sync.read(bytes), PNG.sync.read(readFileSync(path))];
  const { width, height } = stored;
  if (seen.width !== width || seen.height !== height) {
    return `${name} is ${seen.width} × ${seen.height} pixels, not ${width} × ${height}`;
  }
  const marked = new PNG({ width, height });
  const differing = pixelmatch(stored.data, seen.data, marked.data, width, height, {
    threshold: COLOR_TOLERANCE,
  });
  if (differing <= PIXEL_TOLERANCE * width * height) return '';
  mkdirSync(SEEN, { recursive: true });
  writeFileSync(`${SEEN}/${name}.png`, bytes);
  writeFileSync(`${SEEN}/${name}-differences.png`, PNG.sync.write(marked));
  return `${differing} of ${width * height} pixels of ${name} differ: see ${SEEN}`;
}
