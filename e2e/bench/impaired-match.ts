import type { Browser } from 'playwright-core';
import { launchChromium, startCoturn, startLossyForwarder } from '../lab/index.ts';
import type { LossyForwarder } from '../lab/index.ts';
import type { Row } from '../support/participant.ts';
import { linkChanges } from '../support/probe.ts';
import type { Figure } from './figure.ts';
import { measureThreads, type ThreadShares } from './page-thread.ts';
import { closeAll, FPS, mark, openVolley, startPlayground } from './two-players.ts';

const SECRET = 'coturn-secret-of-the-bench';
/** A packet passes the forwarder twice: 50 ± 20 ms and 5% of loss in all. */
const HOP = { delay_ms: 25, jitter_ms: 10, loss: 0.025 };
const FRAMES = 900;
/** Share of the page's thread is taken within play, clear of its first and last moments, ms. */
const SETTLE_MS = 3_000;
const WINDOW_MS = 15_000;

/** PERF-11 and PERF-12, in one match of volley on real packets that are delayed and lost. */
export async function measureImpaired(): Promise<Figure[]> {
  const browser = await launchChromium();
  const coturn = await startCoturn({ secret: SECRET });
  const forwarder = await startLossyForwarder({
    target: { host: '127.0.0.1', port: coturn.port },
    toServer: HOP,
    toClients: HOP,
    seed: 11,
  });
  const server = await startPlayground({
    COTRIAL_TURN_URLS: `turn:127.0.0.1:${forwarder.port}?transport=udp`,
    COTRIAL_TURN_SECRET: SECRET,
  });
  try {
    return await play(browser, server.url, forwarder);
  } finally {
    await browser.close();
    await server.stop();
    await forwarder.stop();
    await coturn.stop();
  }
}

async function play(browser: Browser, url: string, forwarder: LossyForwarder): Promise<Figure[]> {
  const players = await openVolley(browser, url, { relay_only: 1, max_steps: FRAMES });
  const began = await Promise.all(players.map((player) => mark(player, 'first-frame')));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const pages = players.map(({ page }) => page);
  const shares = await measureThreads(browser, pages, WINDOW_MS);
  const over = await Promise.all(players.map((player) => mark(player, 'over')));
  const rows = await Promise.all(players.map((player) => player.row()));
  const changes = await Promise.all(pages.map(linkChanges));
  await closeAll(players);
  const impairment = proven(rows, changes, forwarder);

  const seconds = over.map((at, i) => (at - began[i]!) / 1000);
  return [
    {
      id: 'PERF-11',
      value: Math.min(...seconds.map((s, i) => rows[i]!.n_frames / (FPS * s))),
      goal: 0.99,
      at_least: true,
      unit: 'ratio',
      detail: {
        frames: FRAMES,
        seconds: seconds.map((s) => Number(s.toFixed(3))),
        stalled_ms: rows.map((row) => Math.round(row.stall_ms_total)),
        ...impairment,
      },
    },
    {
      id: 'PERF-12',
      value: Math.max(...shares.map((share) => share.outside_drawing)),
      goal: 5,
      unit: 'percent',
      detail: {
        window_s: WINDOW_MS / 1000,
        pages: shares.map(rounded),
      },
    },
  ];
}

function rounded(shares: ThreadShares): Record<string, number> {
  const entries = Object.entries<number>({ ...shares });
  return Object.fromEntries(entries.map(([name, share]) => [name, Number(share.toFixed(2))]));
}

/** @throws Error if this was not a whole, verified game on an impaired network */
function proven(
  rows: readonly Row[],
  changes: string[][],
  forwarder: LossyForwarder,
): Record<string, unknown> {
  const { toServer, toClients } = forwarder.stats();
  const lost = [toServer, toClients].map((way) => way.dropped / (way.forwarded + way.dropped));
  const good = rows.every(
    (row) =>
      row.outcome === 'completed' &&
      row.n_frames === FRAMES &&
      row.link_type === 'turn' &&
      row.rollback_count > 0 &&
      row.record_sha256 === rows[0]!.record_sha256,
  );
  if (!good || lost.some((share) => !(share > HOP.loss / 2))) {
    const facts = JSON.stringify({ changes, lost, rows });
    throw new Error(`not a whole game on an impaired network: ${facts}`);
  }
  return {
    rollbacks: rows.map((row) => row.rollback_count),
    deepest_rollback: Math.max(...rows.map((row) => row.rollback_frames_max)),
    round_trip_ms: rows.map((row) => Math.round(row.ping_ms_median ?? 0)),
    lost_per_hop: lost.map((share) => Number(share.toFixed(4))),
  };
}
