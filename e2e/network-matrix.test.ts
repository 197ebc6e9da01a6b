/**
 * Whole games on every kind of bad network: whatever it delays and loses, both players have the
 * same record. TURN's packets are delayed and lost, and the way to the server is as slow. `npm test`
 * plays some cells of the matrix, `npm run soak -- --browsers` all.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImpairmentCounts } from './lab/index.ts';
import { delta, hopOf } from './lab/conditions.ts';
import type { TcpPath } from './lab/tcp-path.ts';
import {
  by,
  openPlayer,
  pausedTrials,
  printTable,
  proceed,
  rowsOf,
  SOAK,
  standing,
  startNetwork,
  type Network,
} from './support/network.ts';
import { linkChanges } from './support/probe.ts';

const FRAMES = 600;
const FPS = 60;
const CELLS = SOAK
  ? [0, 100, 200, 300].flatMap((rtt) => [0, 0.05, 0.15, 0.3].map((loss) => ({ rtt, loss })))
  : // Milder ones are in whole-path.test.ts.
    [
      { rtt: 200, loss: 0.15 },
      { rtt: 300, loss: 0.3 },
    ];
/** Of the delay. */
const JITTER = 0.2;

interface Cell {
  rtt: number;
  loss: number;
  toServer: ImpairmentCounts;
  toClients: ImpairmentCounts;
}

describe('two players on a network with delay and loss', () => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork({ relayOnly: true });
  });
  afterAll(async () => {
    await network?.stop();
  });

  it('have the same record in every cell', { timeout: SOAK ? 1_800_000 : 300_000 }, async () => {
    const paths: TcpPath[] = [await network.path(), await network.path()];
    const url = pausedTrials(
      network,
      [...CELLS, null].map((cell) => ({
        // The last one is not waited for: its pause says that the cell before it is over.
        game: cell === null ? 'over' : `${cell.rtt} ms, ${cell.loss}`,
        max_steps: cell === null ? 1 : FRAMES,
        fps: FPS,
      })),
    );
    const players = await Promise.all(
      paths.map((path) => openPlayer(network, by(path, network, url))),
    );
    const played: Cell[] = [];
    for (const { rtt, loss } of CELLS) {
      await standing(players);
      const hop = hopOf({ rtt_ms: rtt, jitter: JITTER, loss });
      network.forwarder.impair({ toServer: hop, toClients: hop });
      for (const path of paths) path.delay(rtt / 4);
      const before = network.forwarder.stats();
      await proceed(players);
      await standing(players);
      const after = network.forwarder.stats();
      played.push({
        rtt,
        loss,
        toServer: delta(after.toServer, before.toServer),
        toClients: delta(after.toClients, before.toClients),
      });
    }
    network.forwarder.impair({ toServer: hopOf({}), toClients: hopOf({}) });
    await proceed(players);
    const [a, b] = (await Promise.all(players.map(rowsOf))) as [
      Awaited<ReturnType<typeof rowsOf>>,
      Awaited<ReturnType<typeof rowsOf>>,
    ];
    printTable(
      `Matrix: ${FRAMES} frames at ${FPS} a second, jitter ${JITTER * 100}% of the delay`,
      played.map((cell, i) => {
        const rows = [a[i]!, b[i]!];
        const each = (read: (row: (typeof rows)[0]) => number | null) =>
          rows.map((row) => Math.round(read(row) ?? -1)).join('/');
        const seen = cell.toServer.forwarded + cell.toServer.dropped;
        return {
          'rtt, ms': cell.rtt,
          'loss, %': cell.loss * 100,
          link: rows.map((row) => row.link_type).join('/'),
          'ping, ms': each((row) => row.ping_ms_median),
          rollbacks: each((row) => row.rollback_count),
          deepest: each((row) => row.rollback_frames_max),
          'stalls, ms': each((row) => row.stall_ms_total),
          'input delay': each((row) => row.input_delay_median),
          'udp, kB': Math.round(cell.toServer.bytes / 1000),
          'lost a hop, %': ((100 * cell.toServer.dropped) / seen).toFixed(1),
          equal: rows[0]!.record_sha256 === rows[1]!.record_sha256 ? 'yes' : 'NO',
        };
      }),
    );
    console.log(
      (await Promise.all(players.map(({ page }) => linkChanges(page)))).flat().join('\n'),
    );

    played.forEach((cell, i) => {
      const name = `${cell.rtt} ms, ${cell.loss}`;
      for (const row of [a[i]!, b[i]!]) {
        expect(row, name).toMatchObject({
          outcome: 'completed',
          n_frames: FRAMES,
          verification: 'verified',
          desync_count: 0,
        });
        // The smoothed round trip of whichever path was used: both are as slow.
        expect(row.ping_ms_median, name).toBeGreaterThanOrEqual(cell.rtt / 2);
      }
      expect(a[i]!.record_sha256, name).toBe(b[i]!.record_sha256);
      expect(a[i]!.record_sha256, name).toMatch(/^[0-9a-f]{64}$/);
      for (const way of [cell.toServer, cell.toClients]) {
        const share = way.dropped / (way.dropped + way.forwarded);
        const hop = hopOf({ rtt_ms: cell.rtt, jitter: JITTER, loss: cell.loss });
        expect(way.forwarded, name).toBeGreaterThan(100);
        expect(share, name).toBeGreaterThanOrEqual(hop.loss / 2);
        if (cell.rtt > 0) expect(way.delayed, name).toBe(way.forwarded);
      }
    });
    await Promise.all(players.map((player) => player.close()));
  });
});
