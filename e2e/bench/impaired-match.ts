import type { Browser } from 'playwright-core';
import { launchChromium, startCoturn, startLossyForwarder } from '../lab/index.ts';
import type { LossyForwarder } from '../lab/index.ts';
import type { Row } from '../support/participant.ts';
import type { Figure } from './figure.ts';
import { pageLoad, watchLoad, type PageLoad } from './page-load.ts';
import { closeAll, FPS, mark, openVolley, readTwice, startPlayground } from './two-players.ts';

const SECRET = 'coturn-secret-of-the-bench';
/** A packet passes the forwarder twice: 50 ± 20 ms and 5% of loss in all. */
const HOP = { delay_ms: 25, jitter_ms: 10, loss: 0.025 };
const FRAMES = 900;
/** Share of the page's thread is taken within play, clear of its first and last moments, ms. */
const SETTLE_MS = 3_000;
const WINDOW_MS = 20_000;

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
  const devtools = await Promise.all(players.map(({ page }) => watchLoad(page)));
  const began = await Promise.all(players.map((player) => mark(player, 'first-frame')));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const loads = await readTwice(players, WINDOW_MS, (page, player) =>
    pageLoad(page, devtools[player]!),
  );
  const over = await Promise.all(players.map((player) => mark(player, 'over')));
  const rows = await Promise.all(players.map((player) => player.row()));
  await closeAll(players);
  const impairment = proven(rows, forwarder);

  const seconds = over.map((at, i) => (at - began[i]!) / 1000);
  const shares = loads.map(({ before, after }) => shareOf(before, after));
  return [
    {
      id: 'PERF-11',
      value: Math.min(...seconds.map((s, i) => rows[i]!.n_frames / (FPS * s))),
      goal: 0.99,
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
        players: shares.map((share) =>
          Object.fromEntries(Object.entries(share).map(([k, v]) => [k, Number(v.toFixed(2))])),
        ),
      },
    },
  ];
}

/** Shares of wall time, percent. */
function shareOf(before: PageLoad, after: PageLoad) {
  const share = (name: 'tasks' | 'drawing' | 'scripts' | 'layout'): number =>
    (100 * (after[name] - before[name])) / (after.at - before.at);
  return {
    outside_drawing: share('tasks') - share('drawing'),
    tasks: share('tasks'),
    drawing: share('drawing'),
    scripts: share('scripts'),
    layout: share('layout'),
  };
}

/** @throws Error if this was not a whole, verified game on an impaired network */
function proven(rows: readonly Row[], forwarder: LossyForwarder): Record<string, unknown> {
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
    throw new Error(`not a whole game on an impaired network: ${JSON.stringify({ rows, lost })}`);
  }
  return {
    rollbacks: rows.map((row) => row.rollback_count),
    deepest_rollback: Math.max(...rows.map((row) => row.rollback_frames_max)),
    round_trip_ms: rows.map((row) => row.ping_ms_median),
    lost_per_hop: lost.map((share) => Number(share.toFixed(4))),
  };
}
