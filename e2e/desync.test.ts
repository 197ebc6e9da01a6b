/** One computer of two miscalculates: found, told and mended, or ended, in real browsers (ROLL-8). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './lab/index.ts';
import { exportedMatches } from './support/exports.ts';
import { startHost, type Host } from './support/host.ts';
import { Participant, type Row } from './support/participant.ts';
import { scriptKeys } from './support/probe.ts';

/** Frame that one side steps wrong. Checksums are taken of frames 29, 59, 89, 119... */
const FAULT_AT = 100;
const FOUND_AT = 119;

type Frames = { infos: unknown[]; checksum: string | null }[];
type FullRow = Row & { frames: Frames[]; completion_code: string | null };

describe('when the games of two players differ', () => {
  let browser: Browser;
  let host: Host;
  beforeAll(async () => {
    [browser, host] = await Promise.all([
      launchChromium(),
      startHost({ completionCodes: { desync: 'APART' } }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });

  /** The first of the two has the fault, as soon as it has a worker. */
  async function pair(trial: Record<string, unknown>): Promise<[Participant, Participant]> {
    const url = host.trial({
      environment: '/fixtures/faulty.py',
      keys: { ArrowLeft: 1, ArrowRight: 2 },
      include_frames: true,
      ...trial,
    });
    const faulty = (page: Page) => {
      page.on('worker', () => void setFault(page, FAULT_AT));
    };
    const players = await Promise.all([
      Participant.open(browser, url, faulty),
      Participant.open(browser, url),
    ]);
    await Promise.all(players.map(({ page }) => scriptKeys(page, ['ArrowLeft', 'ArrowRight'])));
    return players;
  }

  async function setFault(page: Page, frame: number): Promise<void> {
    const plant = (at: number) => void Object.assign(globalThis, { cotrialFaultAt: at });
    await Promise.all(page.workers().map((worker) => worker.evaluate(plant, frame)));
  }

  const rows = async (players: [Participant, Participant]): Promise<[FullRow, FullRow]> =>
    (await Promise.all(players.map((player) => player.row()))) as [FullRow, FullRow];

  it('resync: found within one interval, and the same from there on', async () => {
    const players = await pair({ game: 'resync', max_steps: 300, episodes: 2 });
    await players[0].frames(200);
    await setFault(players[0].page, -1);
    const [a, b] = await rows(players);
    for (const row of [a, b]) {
      expect(row).toMatchObject({ outcome: 'completed', n_frames: 600, desync_count: 1 });
      // Both hold what they really saw, and the record does not hide that it was not the same.
      expect(row.verification).toBe('disputed');
    }
    const [first, second] = [a.frames[0]!, b.frames[0]!];
    expect(first.slice(0, FAULT_AT)).toEqual(second.slice(0, FAULT_AT));
    for (let frame = FAULT_AT; frame <= FOUND_AT; frame++) {
      expect(first[frame]!.infos, `frame ${frame}`).not.toEqual(second[frame]!.infos);
    }
    expect(first[FOUND_AT]!.checksum).not.toBe(second[FOUND_AT]!.checksum);
    expect(first.slice(FOUND_AT + 1)).toEqual(second.slice(FOUND_AT + 1));
    expect(a.frames[1]).toEqual(b.frames[1]);
    const match = (await exportedMatches(host.url)).find((m) => m.match_id === a.match_id)!;
    expect(match.episodes.map((e) => e.verification)).toEqual(['disputed', 'verified']);
    await Promise.all(players.map((player) => player.close()));
  });

  it('end: both end as desync, on the same frame, with what they have in common', async () => {
    const players = await pair({ game: 'end', on_desync: 'end', max_steps: 900 });
    for (const player of players) {
      await player.screen('ended', 90_000);
      expect(await player.page.textContent('.cotrial')).toMatch(/no longer agreed/);
      await player.proceed();
    }
    const [a, b] = await rows(players);
    for (const row of [a, b]) {
      expect(row).toMatchObject({
        outcome: 'desync',
        outcome_by: null,
        completion_code: 'APART',
        desync_count: 1,
        verification: 'verified',
      });
      expect(row.outcome_reason).toMatch(`frame ${FOUND_AT} of episode 0`);
      expect(row.n_frames).toBeGreaterThan(0);
      expect(row.n_frames).toBeLessThanOrEqual(FAULT_AT);
    }
    expect(a.record_sha256).toBe(b.record_sha256);
    await Promise.all(players.map((player) => player.close()));
  });
});
