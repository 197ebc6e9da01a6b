/** The smallest experiment and the smallest server: in the README as they are in demos/, and they work. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium } from './lab/index.ts';
import { exportedMatches } from './support/exports.ts';
import { Participant } from './support/participant.ts';
import { startServer } from './support/playground.ts';

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

describe('the README', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each([
    ['demos/smallest/experiment.html', 30],
    ['demos/smallest/server.mjs', 15],
    ['demos/smallest/game.py', 45],
  ])('prints %s, in at most %i lines', (path, most) => {
    const text = read(path).trimEnd();
    expect(text.split('\n').length).toBeLessThanOrEqual(most);
    expect(read('README.md')).toContain(`\n${text}\n\`\`\``);
  });

  it.each([
    ['Express 5', {}],
    ['Express 4', { NODE_OPTIONS: '--import ./e2e/support/express4.mjs' }],
  ])(
    'describes a server that runs on %s, and an experiment that two people play',
    async (version, env) => {
      const server = await startServer('demos/smallest/server.mjs', { ...env });
      try {
        const players = await Promise.all([0, 1].map(() => Participant.open(browser, server.url)));
        await Promise.all(players.map((player) => player.frames(60)));
        await players[0]!.page.keyboard.down('ArrowRight');
        await players[1]!.page.keyboard.down('ArrowLeft');
        for (const player of players) {
          await player.page.waitForSelector('#jspsych-data-display', { timeout: 90_000 });
          expect(await player.page.textContent('#jspsych-data-display')).toContain('"verified"');
        }
        const [match] = await exportedMatches(server.url);
        expect(match).toMatchObject({
          game: 'coins',
          episodes: [{ n_frames: 600, verification: 'verified' }],
          players: [{ outcome: 'completed' }, { outcome: 'completed' }],
        });
        expect(server.output().includes('The program gets Express 4.')).toBe(
          version === 'Express 4',
        );
        await Promise.all(players.map((player) => player.close()));
      } finally {
        await server.stop();
      }
    },
  );
});
