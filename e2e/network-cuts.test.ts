/**
 * Both ways between two players cut at once, in play: the game pauses on both sides, and goes on
 * exactly where it was, or ends for both (NET-10). UDP is cut before coturn, and each participant's
 * way to the server by a TCP forwarder of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportedMatches } from './support/exports.ts';
import { by, openPlayer, startNetwork, VOLLEY, type Network } from './support/network.ts';
import type { Participant } from './support/participant.ts';
import { ticks } from './support/ticks.ts';
import type { TcpCut, TcpPath } from './lab/tcp-path.ts';

/** The game goes on for longer than the test: nobody is through before the others. */
const FRAMES = 6_000;
const SHORT_CUT_MS = 5_000;
const LONG_CUT_MS = 20_000;
/** A page that waits for its own frames on a busy machine. */
const PLAYED_MS = 120_000;

interface Pair {
  how: TcpCut;
  players: [Participant, Participant];
  paths: [TcpPath, TcpPath];
}

describe('both ways between two players are cut', () => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork({ relayOnly: true });
  });
  afterAll(async () => {
    await network?.stop();
  });

  async function pair(how: TcpCut): Promise<Pair> {
    const paths: [TcpPath, TcpPath] = [await network.path(), await network.path()];
    const url = network.host.trial({ ...VOLLEY, game: how, max_steps: FRAMES });
    const open = (path: TcpPath) => openPlayer(network, by(path, network, url));
    return { how, paths, players: [await open(paths[0]), await open(paths[1])] };
  }

  /** Everything, of all pairs, at the same moment. */
  async function cut(pairs: Pair[], ms: number): Promise<void> {
    network.forwarder.cut();
    for (const { how, paths } of pairs) for (const path of paths) path.cut(how);
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
  function restore(pairs: Pair[]): void {
    network.forwarder.restore();
    for (const { paths } of pairs) for (const path of paths) path.restore();
  }
  const all = (pairs: Pair[], act: (player: Participant) => Promise<void>) =>
    Promise.all(pairs.flatMap(({ players }) => players.map(act)));

  it('for 5 s: an overlay, then the same game goes on; for 20 s: it ends, and both know why', async () => {
    // One match whose packets just vanish, and one whose connections end.
    const pairs = await Promise.all([pair('silent'), pair('reset')]);
    await all(pairs, ({ page }) => ticks(page, 45, PLAYED_MS));

    const short = cut(pairs, SHORT_CUT_MS);
    // First it may say that the other one is slow; soon it says that nothing is heard.
    await all(pairs, async ({ page }) => {
      await page.waitForFunction(
        () => document.querySelector('.cotrial')?.textContent.includes('interrupted'),
        undefined,
        { timeout: SHORT_CUT_MS, polling: 50 },
      );
    });
    await short;
    await all(pairs, (player) => player.screen('paused', 2_000));
    restore(pairs);
    await all(pairs, (player) => player.screen('playing', 20_000));
    await all(pairs, ({ page }) => ticks(page, 120, PLAYED_MS));

    // First it gets bad: so one of two knows more of the other, when it is gone, than the other of it.
    const hop = { delay_ms: 20, jitter_ms: 60, loss: 0.3 };
    network.forwarder.impair({ toServer: hop, toClients: hop });
    await all(pairs, ({ page }) => ticks(page, 150, PLAYED_MS));
    const long = cut(pairs, LONG_CUT_MS);
    await all(pairs, (player) => player.screen('paused', 10_000));
    // Before anything comes back: nobody may be needed for it.
    await all(pairs, (player) => player.screen('saving', 2 * LONG_CUT_MS));
    await long;
    restore(pairs);
    const blocked = network.forwarder.stats();
    expect(blocked.toServer.blocked).toBeGreaterThan(100);

    for (const { how, players, paths } of pairs) {
      for (const path of paths) {
        const { silenced, ended, refused } = path.stats();
        expect(how === 'silent' ? silenced : Math.min(ended, refused), how).toBeGreaterThan(1);
      }
      for (const player of players) {
        await player.screen('ended', 60_000);
        expect(await player.page.textContent('.cotrial')).toMatch(/connection/i);
        await player.proceed();
      }
      const [a, b] = await Promise.all(players.map((player) => player.row()));
      console.log(
        `${how}: frames ${[a!, b!].map((row) => row.n_frames).join(' and ')};`,
        [a!, b!].map(
          (row) => `${row.agent}: ${row.outcome}, ${row.outcome_by}, ${row.outcome_reason}`,
        ),
        [a!, b!].map((row) => `${row.verification}, paused ${row.stall_ms_total.toFixed(0)} ms`),
      );
      for (const row of [a!, b!]) {
        expect(row, how).toMatchObject({ outcome: 'connection_lost', desync_count: 0 });
        expect(row.outcome_by, how).toMatch(/^player_[01]$/);
        expect(row.outcome_reason, how).not.toBe('');
        expect(row.stall_ms_total, how).toBeGreaterThan(SHORT_CUT_MS / 2);
      }
      const match = (await exportedMatches(network.host.url)).find(
        ({ match_id }) => match_id === a!.match_id,
      )!;
      // Nobody could tell the other what arrived last: back at the server, both end the episode
      // where it ended for both.
      expect(match.episodes, how).toMatchObject([
        { n_frames: a!.n_frames, verification: 'verified' },
      ]);
      expect(a!.n_frames, how).toBeGreaterThan(100);
      expect(b!.n_frames, how).toBe(a!.n_frames);
      for (const { record_sha256 } of [b!, ...match.players]) {
        expect(record_sha256, how).toBe(a!.record_sha256);
      }
      await Promise.all(players.map((player) => player.close()));
    }
  });
});
