/** What people fear, in real browsers: a connection cut, a partner who goes, a broken game. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium } from './lab/index.ts';
import { exportedFrames, exportedMatches } from './support/exports.ts';
import { startHost, type Host } from './support/host.ts';
import { Participant } from './support/participant.ts';
import { SOAK } from './support/network.ts';
import { closePeerConnections, scriptKeys } from './support/probe.ts';

const VOLLEY = {
  game: 'volley',
  environment: '/games/volley.py',
  keys: { ArrowLeft: 1, ArrowRight: 2, ArrowUp: 3 },
  max_steps: 300,
};

describe('when something goes wrong', () => {
  let browser: Browser;
  let host: Host;
  beforeAll(async () => {
    [browser, host] = await Promise.all([launchChromium(), startHost()]);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });

  async function pair(trial: Record<string, unknown>): Promise<[Participant, Participant]> {
    const open = () => Participant.open(browser, host.trial(trial));
    const players = await Promise.all([open(), open()]);
    await Promise.all(players.map((player) => scriptKeys(player.page, Object.keys(VOLLEY.keys))));
    return players;
  }

  it('a peer connection closed in play: the relay takes over, and the records are equal', async () => {
    const [a, b] = await pair({ ...VOLLEY, game: 'cut' });
    await Promise.all([a.frames(60), b.frames(60)]);
    expect(await closePeerConnections(a.page)).toBe(1);
    const [rowA, rowB] = await Promise.all([a.row(), b.row()]);
    for (const row of [rowA, rowB]) {
      expect(row).toMatchObject({
        outcome: 'completed',
        n_frames: 300,
        verification: 'verified',
        link_type: 'server',
      });
      // What the engine counted as standing still, in all.
      expect(row.stall_ms_total).toBeLessThan(1_000);
    }
    expect(rowA.record_sha256).toBe(rowB.record_sha256);
    expect(host.kit.stats().relayed_inputs).toBeGreaterThan(100);
    await Promise.all([a.close(), b.close()]);
  });

  it('a closed tab: the partner sees why, and the data are stored', async () => {
    const [a, b] = await pair({ ...VOLLEY, game: 'left', max_steps: 3_000 });
    await Promise.all([a.frames(90), b.frames(90)]);
    await b.page.close({ runBeforeUnload: false });
    await a.screen('ended');
    const said = await a.page.textContent('.cotrial');
    expect(said).toMatch(/partner|player/i);
    await a.proceed();
    const row = await a.row();
    expect(row).toMatchObject({ outcome: 'partner_left', verification: 'unverified' });
    expect(row.outcome_by).not.toBe(row.agent);
    expect(row.n_frames).toBeGreaterThanOrEqual(80);
    const match = (await exportedMatches(host.url)).find((m) => m.match_id === row.match_id)!;
    expect(match.episodes).toMatchObject([{ n_frames: row.n_frames }]);
    expect(match.players.map((player) => player.outcome).sort()).toEqual(['left', 'partner_left']);
    expect(await exportedFrames(host.url, row.match_id!)).toHaveLength(row.n_frames);
    await Promise.all([a.close(), b.close()]);
  });

  it('a Python error in step: both trials end with a clear screen and the traceback', async () => {
    const [a, b] = await pair({ game: 'broken', environment: '/fixtures/broken.py' });
    for (const player of [a, b]) {
      await player.screen('ended');
      expect(await player.page.textContent('.cotrial')).toMatch(/ZeroDivisionError/);
      await player.proceed();
      const row = await player.row();
      expect(row.outcome).toBe('environment_error');
      expect(row.error?.traceback).toMatch(/broken\.py.*line 22/s);
      expect(row.error?.traceback).toMatch(/ZeroDivisionError/);
    }
    await Promise.all([a.close(), b.close()]);
  });

  // Half a minute in which nothing happens: in the soak only.
  it.runIf(SOAK)('a step that never returns: both trials end, and say so', async () => {
    const [a, b] = await pair({ game: 'endless', environment: '/fixtures/endless.py' });
    for (const player of [a, b]) {
      await player.screen('ended', 90_000);
      await player.proceed();
      const row = await player.row();
      expect(row).toMatchObject({ outcome: 'environment_error', error: { where: 'engine' } });
      expect(row.error?.message).toMatch(/did not come back from a call/);
    }
    await Promise.all([a.close(), b.close()]);
  });

  it('three matches at once: nobody hears anybody else', async () => {
    // Six pages load Python at once: on a busy machine that takes longer than a participant waits.
    const trial = { ...VOLLEY, game: 'many', max_steps: 150, load_timeout: 180_000 };
    const players = (await Promise.all([pair(trial), pair(trial), pair(trial)])).flat();
    const rows = await Promise.all(players.map((player) => player.row(180_000)));
    const matches = new Set(rows.map((row) => row.match_id));
    expect(matches.size).toBe(3);
    for (const match of matches) {
      const partners = rows.filter((row) => row.match_id === match);
      expect(partners.map((row) => row.agent).sort()).toEqual(['player_0', 'player_1']);
      expect(new Set(partners.map((row) => row.record_sha256)).size).toBe(1);
      expect(partners.map((row) => row.verification)).toEqual(['verified', 'verified']);
      expect(partners.map((row) => row.n_frames)).toEqual([150, 150]);
    }
    expect(new Set(rows.map((row) => row.record_sha256)).size).toBe(3);
    expect(host.kit.stats().dropped_signals).toBe(0);
    await Promise.all(players.map((player) => player.close()));
  });
});
