/**
 * The main job from end to end: `/play/<game>` in two browsers, delay and loss on the real input
 * packets (both peers relay-only through a lossy forwarder in front of coturn), and the same data
 * on both sides and on the server. A run in which nothing was impaired, or nothing rolled back,
 * fails.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, startCoturn, startLossyForwarder, type Coturn } from './lab/index.ts';
import { exportedFrames, exportedMatches } from './support/exports.ts';
import { linkChanges } from './support/probe.ts';
import { Participant } from './support/participant.ts';
import { startServer } from './support/playground.ts';

const SECRET = 'coturn-secret-of-the-tests';
/** A packet passes the forwarder twice: 60 ± 20 ms and about 5% of loss in all. */
const HOP = { delay_ms: 30, jitter_ms: 10, loss: 0.025 };

const GAMES = [
  { game: 'volley', max_steps: 1_000 },
  { game: 'kitchen', max_steps: 300 },
];

describe('two people play a Python game in one jsPsych trial', () => {
  let browser: Browser;
  let coturn: Coturn;
  beforeAll(async () => {
    [browser, coturn] = await Promise.all([launchChromium(), startCoturn({ secret: SECRET })]);
  });
  afterAll(async () => {
    await browser?.close();
    await coturn?.stop();
  });

  // At once: each of them mostly waits for its own frames.
  it.concurrent.each(GAMES)(
    '$game, impaired: identical, verified data',
    async ({ game, max_steps }) => {
      const forwarder = await startLossyForwarder({
        target: { host: '127.0.0.1', port: coturn.port },
        toServer: HOP,
        toClients: HOP,
        seed: 7,
      });
      const server = await startServer('demos/playground/server.mjs', {
        COTRIAL_TURN_URLS: `turn:127.0.0.1:${forwarder.port}?transport=udp`,
        COTRIAL_TURN_SECRET: SECRET,
      });
      try {
        const query = `skip=1&autopilot=1&relay_only=1&episodes=1&max_steps=${max_steps}`;
        const players = await Promise.all(
          [11, 12].map((seed) =>
            Participant.open(browser, `${server.url}/play/${game}?${query}&seed=${seed}`),
          ),
        );
        const [plots, [a, b]] = await Promise.all([
          Promise.all(players.map(({ page }) => plotted(page))),
          Promise.all(players.map((player) => player.row(180_000))),
        ]);
        expect(plots).toEqual([b!.agent, a!.agent]);
        for (const { page } of players) expect(await page.locator('.plots').count()).toBe(0);
        expect(players.flatMap((player) => player.problems)).toEqual([]);

        const changes = await Promise.all(players.map((player) => linkChanges(player.page)));
        for (const row of [a!, b!]) {
          expect(row, JSON.stringify(changes)).toMatchObject({
            outcome: 'completed',
            outcome_by: null,
            n_frames: max_steps,
            n_episodes: 1,
            verification: 'verified',
            link_type: 'turn',
            desync_count: 0,
          });
          expect(row.rollback_count).toBeGreaterThan(0);
          // Two hops of 30 ± 10 ms there and two back; anything less and nothing was delayed.
          expect(row.ping_ms_median).toBeGreaterThan(80);
        }
        expect(a!.record_sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(b!.record_sha256).toBe(a!.record_sha256);
        expect(b!.match_id).toBe(a!.match_id);
        expect(new Set([a!.agent, b!.agent]).size).toBe(2);

        const { toServer, toClients } = forwarder.stats();
        for (const way of [toServer, toClients]) {
          expect(way.dropped).toBeGreaterThan(0);
          expect(way.delayed).toBeGreaterThan(max_steps);
        }

        const match = (await exportedMatches(server.url)).find((m) => m.match_id === a!.match_id);
        expect(match).toMatchObject({ game, episodes: [{ verification: 'verified' }] });
        expect(match!.players.map((player) => player.record_sha256)).toEqual([
          a!.record_sha256,
          a!.record_sha256,
        ]);
        const frames = await exportedFrames(server.url, a!.match_id!);
        expect(frames.map((frame) => Number(frame['frame']))).toEqual(
          Array.from({ length: max_steps }, (_, i) => i),
        );
        for (const row of [a!, b!]) {
          const rewards = frames.map((frame) => Number(frame[`reward.${row.agent}`]));
          const total = rewards.reduce((sum, reward) => sum + reward, 0);
          expect(total).toBeCloseTo(row.reward_total, 9);
          const actions = new Set(frames.map((frame) => frame[`action.${row.agent}`]));
          expect(actions.size).toBeGreaterThan(2);
        }
        const relayed = await relayedInputs(server.url);
        expect(relayed).toBe(0);
        await Promise.all(players.map((player) => player.close()));
      } finally {
        await server.stop();
        await forwarder.stop();
      }
    },
  );
});

/**
 * Waits until the live plots of a match show a delayed round trip and a rollback.
 * @returns the agent to whom the round trip is; or that they never did
 */
async function plotted(page: Page): Promise<string | null> {
  const agent = await page.waitForFunction(
    () => {
      const plot = (name: string) => document.querySelector(`.plots [data-plot="${name}"] svg`);
      const ping = /: (\S+) (\d+) ms$/.exec(plot('ping')?.ariaLabel ?? '');
      const bars = plot('rollbacks')?.querySelector('path')?.getAttribute('d') ?? '';
      if (ping !== null && Number(ping[2]) > 80 && bars !== '') return ping[1]!;
      return document.querySelector('#data') === null ? null : 'no delay or no rollback';
    },
    undefined,
    { timeout: 180_000, polling: 100 },
  );
  return agent.jsonValue();
}

async function relayedInputs(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/cotrial/metrics`)).text();
  const line = /^cotrial_relayed_inputs_total (\d+)/m.exec(metrics);
  if (line === null) throw new Error(`no relay counter in:\n${metrics}`);
  return Number(line[1]);
}
