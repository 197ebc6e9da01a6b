/** A server that dies in the middle of a game, and comes back: players notice nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lab/index.ts';
import { exportedFrames, exportedMatches } from './support/exports.ts';
import { Participant } from './support/participant.ts';
import { startServer, type Playground } from './support/playground.ts';
import { countTicks, ticks } from './support/ticks.ts';

const FRAMES = 240;
const EPISODES = 2;

describe('a server that is killed in the middle of a game', () => {
  let browser: Browser;
  const data = mkdtempSync(join(tmpdir(), 'cotrial-restart-'));
  const servers: Playground[] = [];
  const start = async (port: string) => {
    const server = await startServer('demos/playground/server.mjs', {
      PORT: port,
      COTRIAL_DATA: join(data, 'cotrial.sqlite'),
    });
    servers.push(server);
    return server;
  };
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('play goes on into the next episode; all data are stored when it is back', async () => {
    const first = await start('0');
    const query = `skip=1&autopilot=1&max_steps=${FRAMES}&episodes=${EPISODES}`;
    const players = await Promise.all(
      [1, 2].map((seed) =>
        Participant.open(browser, `${first.url}/play/volley?${query}&seed=${seed}`, countTicks),
      ),
    );
    const played = (count: number) =>
      Promise.all(players.map(({ page }) => ticks(page, count, 120_000)));
    await played(60);
    await first.stop('SIGKILL');
    // The rest of the episode, its end, and a part of the next without any server.
    await played(FRAMES + 60);
    const states = await Promise.all(
      players.map(({ page }) => page.getAttribute('.cotrial', 'data-state')),
    );
    expect(states).toEqual(['playing', 'playing']);
    expect(await fetch(first.url).catch(() => 'nobody')).toBe('nobody');

    const second = await start(new URL(first.url).port);
    const rows = await Promise.all(players.map((player) => player.row()));
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'completed',
        outcome_by: null,
        n_episodes: EPISODES,
        n_frames: FRAMES * EPISODES,
        verification: 'verified',
        link_type: 'direct',
        desync_count: 0,
      });
    }
    const [a, b] = rows;
    expect(a!.record_sha256).toBe(b!.record_sha256);
    const match = (await exportedMatches(second.url)).find((m) => m.match_id === a!.match_id)!;
    expect(match.players.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    expect(match.episodes).toMatchObject(
      Array.from({ length: EPISODES }, () => ({ n_frames: FRAMES, verification: 'verified' })),
    );
    // Every frame once, those of before the restart, of meanwhile and of after it.
    const frames = await exportedFrames(second.url, a!.match_id!);
    expect(frames.map(({ episode, frame }) => [Number(episode), Number(frame)])).toEqual(
      Array.from({ length: EPISODES * FRAMES }, (_, i) => [Math.floor(i / FRAMES), i % FRAMES]),
    );
    await Promise.all(players.map((player) => player.close()));
  });
});
