/** Links of whole games: made under loss, left when they get bad, and taken up again. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportedMatches } from './support/exports.ts';
import { hopOf } from './lab/conditions.ts';
import {
  COUNTDOWN_MS,
  openPlayer,
  pausedTrials,
  printTable,
  proceed,
  rowsOf,
  SOAK,
  standing,
  startNetwork,
  VOLLEY,
  type Network,
} from './support/network.ts';
import { linkChanges } from './support/probe.ts';
import { ticks } from './support/ticks.ts';

const MATCHES = SOAK ? 50 : 3;
/** From the countdown's end on. */
const STARTS_WITHIN_MS = 5_000;
/** The server's, from the last player who is ready to the countdown. */
const MARGIN_MS = 200;
const FRAMES = 60;
/** Each longer than it takes to leave a bad link and to trust it again, on a machine with time. */
const EPISODES = 3;
const LONG_FRAMES = 300;

describe('links of whole games', () => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork({ relayOnly: true });
  });
  afterAll(async () => {
    await network?.stop();
  });

  const start = { timeout: SOAK ? 1_800_000 : 300_000 };
  it('games begin for both under delay and loss of every packet', start, async () => {
    const games = Array.from({ length: MATCHES + 1 }, (_, i) => ({
      game: `start ${i}`,
      max_steps: i < MATCHES ? FRAMES : 1,
    }));
    const url = pausedTrials(network, games);
    const players = await Promise.all([openPlayer(network, url), openPlayer(network, url)]);
    // One way 50 ± 10 ms, there and back 100 ± 20 ms.
    const hop = hopOf({ rtt_ms: 100, jitter: 0.2, loss: 0.2 });
    network.forwarder.impair({ toServer: hop, toClients: hop });
    for (let i = 0; i < MATCHES; i++) {
      await standing(players);
      await proceed(players);
    }
    await standing(players);
    const { toServer, toClients } = network.forwarder.stats();
    network.forwarder.impair({ toServer: hopOf({}), toClients: hopOf({}) });
    const marks = await Promise.all(
      players.map(({ page }) =>
        page.evaluate(() =>
          ['matched', 'linked', 'start', 'first-frame'].map((name) =>
            performance.getEntriesByName(`cotrial:${name}`).map(({ startTime }) => startTime),
          ),
        ),
      ),
    );
    await proceed(players);
    const rows = await Promise.all(players.map(rowsOf));

    const starts = marks.map(([, , told, began]) =>
      told!.map((at, i) => began![i]! - at - COUNTDOWN_MS - MARGIN_MS),
    );
    printTable(
      'Begin of play after the countdown, and time to link, at 100 ± 20 ms and 20% loss',
      Array.from({ length: MATCHES }, (_, i) => ({
        match: i,
        'late, ms': starts.map((times) => Math.round(times[i]!)).join('/'),
        'linked in, ms': marks
          .map(([matched, linked]) => Math.round(linked![i]! - matched![i]!))
          .join('/'),
        frames: rows.map((mine) => mine[i]!.n_frames).join('/'),
        link: rows.map((mine) => mine[i]!.link_type).join('/'),
      })),
    );
    for (const [player, mine] of rows.entries()) {
      expect(marks[player]!.map((times) => times.length)).toEqual(Array(4).fill(MATCHES));
      for (let i = 0; i < MATCHES; i++) {
        expect(mine[i], `match ${i}`).toMatchObject({
          outcome: 'completed',
          n_frames: FRAMES,
          verification: 'verified',
        });
        expect(mine[i]!.record_sha256).toBe(rows[0]![i]!.record_sha256);
        expect(starts[player]![i], `match ${i}`).toBeLessThan(STARTS_WITHIN_MS);
      }
    }
    for (const way of [toServer, toClients]) {
      const share = way.dropped / (way.dropped + way.forwarded);
      expect(share).toBeGreaterThan(hop.loss / 2);
      expect(way.delayed).toBeGreaterThan(MATCHES * FRAMES);
    }
    await Promise.all(players.map((player) => player.close()));
  });

  it('a link that lost too much is left, and used again where an episode begins', async () => {
    const url = network.host.trial({
      ...VOLLEY,
      game: 'healed',
      max_steps: LONG_FRAMES,
      episodes: EPISODES,
    });
    const players = await Promise.all([openPlayer(network, url), openPlayer(network, url)]);
    const pages = players.map(({ page }) => page);
    await Promise.all(pages.map((page) => ticks(page, 30, 180_000)));
    const before = network.forwarder.stats().toServer.dropped;
    const cause = performance.now();
    network.forwarder.impair({ toServer: { loss: 0.25 }, toClients: { loss: 0.25 } });
    const left = (page: Page) =>
      expect
        .poll(() => linkChanges(page), { timeout: 60_000, interval: 100 })
        .toContainEqual(expect.stringContaining('"server"'));
    await Promise.all(pages.map(left));
    console.log(`moved ${Math.round(performance.now() - cause)} ms after the loss began`);
    const dropped = network.forwarder.stats().toServer.dropped - before;
    network.forwarder.impair({ toServer: { loss: 0 }, toClients: { loss: 0 } });
    const rows = await Promise.all(players.map((player) => player.row()));
    const changes = await Promise.all(pages.map(linkChanges));
    console.log(changes.flat().join('\n'));
    for (const row of rows) {
      expect(row).toMatchObject({
        outcome: 'completed',
        n_episodes: EPISODES,
        n_frames: EPISODES * LONG_FRAMES,
        verification: 'verified',
        link_type: 'turn',
        desync_count: 0,
      });
    }
    expect(rows[0]!.record_sha256).toBe(rows[1]!.record_sha256);
    expect(dropped).toBeGreaterThan(20);
    const types = changes.map((lines) => lines.map((line) => /"type":"(\w+)"/.exec(line)![1]));
    expect(types).toEqual([
      ['turn', 'server', 'turn'],
      ['turn', 'server', 'turn'],
    ]);
    // The server's export tells the same, with times.
    const match = (await exportedMatches(network.host.url)).find(
      ({ match_id }) => match_id === rows[0]!.match_id,
    )!;
    for (const player of match.players) {
      const told = player.link_types as { type: string; at: string }[];
      expect(told.map(({ type }) => type)).toEqual(['turn', 'server', 'turn']);
      const times = told.map(({ at }) => Date.parse(at));
      expect(times).toEqual([...times].sort((x, y) => x - y));
    }
    await Promise.all(players.map((player) => player.close()));
  });
});
