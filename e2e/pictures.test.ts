/**
 * What the canvas shows, against stored pictures (e2e/pictures), and what moves on it over time.
 * `UPDATE_PICTURES=1 npm test -- --project e2e e2e/pictures.test.ts` stores them anew: look at
 * each one before you commit it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { marshalled, type Plain } from '../core/test/render/marshalled.ts';
import { launchChromium } from './lab/index.ts';
import { differenceFromStored, marshalledByPython, openPicturePage } from './support/pictures.ts';

const DENSITIES = [1, 2];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

const list = (...entries: Plain[]): number[] => [...marshalled(entries)];

/** Four squares of 16 pixels in a row, each of its own colours. */
function spriteSheet(): string {
  const sheet = new PNG({ width: 64, height: 16 });
  const colors = [0x0072b2, 0xe69f00, 0x009e73, 0xd55e00];
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 64; x++) {
      const color = (x % 16) + y < 16 ? colors[x >> 4]! : 0xffffff;
      sheet.data.set([color >> 16, (color >> 8) & 255, color & 255, 255], 4 * (64 * y + x));
    }
  }
  return `data:image/png;base64,${PNG.sync.write(sheet).toString('base64')}`;
}

const SHEET = spriteSheet();
const STAR: Plain[] = [0, 1, 2, 3, 4].map((i) => {
  const angle = (i * 4 * Math.PI) / 5 - Math.PI / 2;
  return [350 + 30 * Math.cos(angle), 60 + 30 * Math.sin(angle)];
});

/** Every primitive, with every field that it may have. */
const PRIMITIVES: Plain[] = [
  { type: 'rect', id: 'ground', x: 0, y: 0, w: 480, h: 320, color: '#F3EEE4', persist: true },
  { type: 'rect', x: 20, y: 20, w: 60, h: 40, color: 'rgb(0 114 178)' },
  { type: 'rect', x: 20, y: 80, w: 60, h: 40, radius: 12, color: 'hsl(41 100% 45%)' },
  { type: 'rect', x: 30, y: 140, w: 40, h: 40, angle: 45, stroke: '#333', stroke_width: 3 },
  { type: 'circle', x: 130, y: 40, r: 24, color: 'rebeccapurple', alpha: 0.5 },
  { type: 'circle', x: 145, y: 50, r: 24, color: '#D55E00', depth: -1 },
  { type: 'circle', x: 130, y: 100, r: 20, stroke: '#009E73', stroke_width: 6 },
  { type: 'ellipse', x: 130, y: 160, rx: 30, ry: 14, angle: -30, color: '#56B4E9' },
  {
    type: 'line',
    points: [
      [200, 20],
      [240, 60],
      [200, 60],
    ],
    width: 8,
    color: '#0072B2',
  },
  {
    type: 'line',
    points: [
      [200, 80],
      [240, 120],
    ],
  },
  {
    type: 'line',
    points: [
      [220, 140],
      [220, 180],
    ],
    width: 4,
    angle: 90,
    color: '#333',
  },
  { type: 'polygon', points: STAR, color: '#F0E442', stroke: '#33383F', stroke_width: 2 },
  {
    type: 'polygon',
    points: [
      [330, 110],
      [370, 110],
      [350, 140],
    ],
    angle: 180,
    color: '#CC79A7',
  },
  { type: 'arc', x: 280, y: 40, r: 24, start: -90, end: 90, width: 6, color: '#009E73' },
  { type: 'arc', x: 280, y: 105, r: 24, start: 0, end: 250, color: '#E69F00', stroke: '#333' },
  { type: 'arc', x: 280, y: 165, r: 20, start: 0, end: 360, width: 3, color: '#333' },
  { type: 'text', x: 20, y: 220, text: 'left', size: 18 },
  { type: 'text', x: 240, y: 220, text: 'centre', size: 18, align: 'center', weight: 'bold' },
  { type: 'text', x: 460, y: 220, text: 'right', size: 18, align: 'right', color: '#0072B2' },
  {
    type: 'text',
    x: 60,
    y: 270,
    text: 'outlined',
    size: 28,
    weight: 700,
    color: '#fff',
    stroke: '#33383F',
    stroke_width: 4,
  },
  { type: 'text', x: 430, y: 130, text: 'turned', size: 18, align: 'center', angle: -90 },
  { type: 'image', x: 200, y: 250, w: 96, h: 24, src: SHEET },
  { type: 'image', x: 310, y: 250, w: 48, h: 48, src: SHEET, crop: [32, 0, 16, 16] },
  {
    type: 'image',
    x: 380,
    y: 250,
    w: 48,
    h: 48,
    src: SHEET,
    crop: [48, 0, 16, 16],
    angle: 20,
    alpha: 0.6,
  },
];

/** A gradient, as an environment that draws pixels gives it. */
const PIXELS =
  '[{"type": "pixels", "width": 40, "height": 20, "channels": 3, "data": ' +
  'bytes([v for y in range(20) for x in range(40) for v in (6 * x, 12 * y, 128 * (x // 5 % 2))])}]';

/** Busy moments of both games, as on the playground's front page. */
const FRONT_PAGE = `
import sys
sys.path.insert(0, "../playground")
import make_pictures
env = make_pictures`;
const KITCHEN = `${FRONT_PAGE}.play_kitchen()`;
const VOLLEY = `${FRONT_PAGE}.play_volley()`;
const COMMONS = `
import commons
env = commons.make_env(players=4)
env.reset(seed=4)
for frame in range(40):
    env.step({agent: (5, 1 + seat)[frame % 3 > 0] for seat, agent in enumerate(env.agents)})`;
const DILEMMA = `
import dilemma
env = dilemma.make_env()
env.reset(seed=1)
for choices in ((1, 1), (1, 2), (2, 2), (2, 1)):
    for frame in range(70):
        env.step(dict(zip(env.agents, choices)))`;
const CHOOSING = `${DILEMMA}
for _ in range(12):
    env.step({"player_0": 1, "player_1": 2})`;
const SHOWN = `${CHOOSING}
for _ in range(40):
    env.step({"player_0": 0, "player_1": 0})`;
const drawnFor = (player: number) => `env.render()["player_${player}"]`;

/** Name, logical size, and the lists to draw, one after the other. */
const PICTURES: [string, [number, number], () => number[][]][] = [
  ['primitives', [480, 320], () => [list(...PRIMITIVES)]],
  ['pixels', [480, 320], () => [marshalledByPython('', PIXELS)]],
  ['kitchen', [720, 460], () => [marshalledByPython(KITCHEN, drawnFor(0))]],
  ['volley', [800, 450], () => [marshalledByPython(VOLLEY, drawnFor(1))]],
  ['commons', [720, 460], () => [marshalledByPython(COMMONS, drawnFor(2))]],
  ['dilemma-choosing', [720, 460], () => [marshalledByPython(CHOOSING, drawnFor(0))]],
  ['dilemma-shown', [720, 460], () => [marshalledByPython(SHOWN, drawnFor(1))]],
];

describe.each(DENSITIES)('with %i display pixels for each CSS pixel', (density) => {
  it.each(PICTURES)('%s looks as stored', async (name, [width, height], lists) => {
    // A phone's width: every picture is scaled.
    const page = await openPicturePage(browser, density, { width: 390, height: 390 });
    await page.evaluate(([w, h, src]) => window.pictureLab.open(w, h, [src]), [
      width,
      height,
      SHEET,
    ] as const);
    for (const drawing of lists()) {
      await page.evaluate((bytes) => window.pictureLab.draw(bytes), drawing);
    }
    const png = await settled(page);
    const found = await page.evaluate(() => document.querySelector('canvas')?.width);
    expect(found).toBe(390 * density);
    expect(differenceFromStored(`${name}@${density}x`, png)).toBe('');
    await page.context().close();
  });
});

/** The picture once nothing is left to be drawn: the images in it have come. */
function settled(page: Page): Promise<string> {
  return page.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    // Of two images with the same address, the one that came first is told of first.
    await new Promise((resolve) => setTimeout(resolve));
    while (window.pictureLab.frame(0));
    return window.pictureLab.png();
  }, SHEET);
}

describe('a correction', () => {
  const RED = [213, 94, 0] as const;
  const BLUE = [0, 114, 178] as const;
  let page: Page;
  beforeAll(async () => {
    page = await openPicturePage(browser, 1, { width: 400, height: 200 });
    await page.evaluate(() => window.pictureLab.open(400, 200));
  });
  afterAll(async () => {
    await page.context().close();
  });

  /** A ball that others move, a player of one's own, and where they are. */
  const scene = (ball: number, own: number): number[] =>
    list(
      { type: 'circle', id: 'ball', x: ball, y: 50, r: 10, color: '#D55E00' },
      { type: 'circle', id: 'own', x: own, y: 150, r: 10, color: '#0072B2' },
    );
  async function draw(now: number, newest?: number[], corrected?: number[]) {
    return page.evaluate(
      ([time, next, better, red, blue]) => {
        if (next !== null) window.pictureLab.draw(next, better ?? undefined);
        window.pictureLab.frame(time);
        return {
          ball: window.pictureLab.centreOf(...red)?.x ?? NaN,
          own: window.pictureLab.centreOf(...blue)?.x ?? NaN,
        };
      },
      [now, newest ?? null, corrected ?? null, RED, BLUE] as const,
    );
  }

  it('glides to its place in 100 ms, while what was right moves at once', async () => {
    const shown = await draw(0, scene(100, 20));
    expect(shown.ball).toBeCloseTo(100, 0);
    // Should have been at 140, and is at 150 now; the own player was right and goes on to 60.
    const first = await draw(1000, scene(150, 60), scene(140, 20));
    expect(first.ball).toBeCloseTo(110, 0);
    expect(first.own).toBeCloseTo(60, 0);
    for (const [now, ball] of [
      [1025, 120],
      [1050, 130],
      [1075, 140],
      [1100, 150],
    ] as const) {
      expect((await draw(now)).ball).toBeCloseTo(ball, 0);
    }
    expect(await page.evaluate(() => window.pictureLab.frame(2000))).toBe(false);
  });

  it('does not delay the motion that goes on under it', async () => {
    await draw(3000, scene(100, 20));
    await draw(4000, scene(110, 20), scene(140, 20));
    // Frames go on by 10 each, without a correction.
    expect((await draw(4050, scene(120, 20))).ball).toBeCloseTo(100, 0);
    expect((await draw(4100, scene(130, 20))).ball).toBeCloseTo(130, 0);
  });

  it('of an object that was sent far away is a jump', async () => {
    await draw(5000, scene(20, 20));
    expect((await draw(6000, scene(350, 20), scene(340, 20))).ball).toBeCloseTo(350, 0);
    expect(await page.evaluate(() => window.pictureLab.frame(6010))).toBe(false);
  });

  it('without a newer frame is the newest', async () => {
    await draw(7000, scene(100, 20));
    expect((await draw(8000, [], scene(140, 20))).ball).toBeCloseTo(100, 0);
    expect((await draw(8100)).ball).toBeCloseTo(140, 0);
  });
});

it('entries that cannot be drawn are named once, and the others are drawn', async () => {
  const page = await openPicturePage(browser, 1, { width: 400, height: 200 });
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  await page.evaluate(() => window.pictureLab.open(400, 200, ['data:image/png;base64,bm9uZQ==']));
  const bad = list(
    { type: 'circle', id: 'bad', x: 0, y: 0, r: 5, color: 'var(--accent)' },
    { type: 'circle', id: 'odd', x: 0, y: 0, r: 5, color: 'inherit' },
    { type: 'blob' },
    { type: 'circle', id: 'good', x: 100, y: 100, r: 10, color: '#D55E00' },
  );
  for (let frame = 0; frame < 3; frame++) {
    await page.evaluate(
      ([bytes, now]) => {
        window.pictureLab.draw(bytes);
        window.pictureLab.frame(now);
      },
      [bad, frame] as const,
    );
  }
  const centre = await page.evaluate(() => window.pictureLab.centreOf(213, 94, 0));
  expect(centre?.x).toBeCloseTo(100, 0);
  await expect.poll(() => said.length).toBeGreaterThanOrEqual(4);
  expect(said.sort()).toEqual([
    'warning: Cotrial: An entry "blob" is not drawn: the type is unknown.',
    'warning: Cotrial: Entry bad "circle" is not drawn: color must be a CSS colour.',
    'warning: Cotrial: Entry odd "circle" is not drawn: color must be a CSS colour.',
    'warning: Cotrial: The picture data:image/png;base64,bm9uZQ== cannot be loaded.',
  ]);
  await page.context().close();
});
