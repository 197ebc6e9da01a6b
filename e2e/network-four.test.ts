/** Four players: of the six links one goes over the server and three are bad, and nobody differs. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportedMatches } from './support/exports.ts';
import { hopOf } from './lab/conditions.ts';
import { openPlayer, startNetwork, type Network } from './support/network.ts';
import { linkChanges } from './support/probe.ts';
import { ticks } from './support/ticks.ts';

const FRAMES = 200;
const KEYS = { ArrowUp: 1, ArrowDown: 2, ArrowLeft: 3, ArrowRight: 4, Enter: 5 };

let network: Network;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(async () => {
  await network?.stop();
});

it('four players, a link of the mesh on the relay and another one bad: equal records', async () => {
  const trial = {
    game: 'four',
    environment: '/games/commons.py',
    environment_options: { players: 4 },
    keys: KEYS,
    max_steps: FRAMES,
    fps: 20,
    load_timeout: 180_000,
    wait_timeout: 180_000,
    end_delay: 0,
  };
  // One of them takes only TURN, where packets are delayed, and lost from the first frames on: while
  // a connection is made, a run of lost packets may rightly send its link to the relay for good.
  // On the way there and back, since the other end is direct, each passes the forwarder once.
  const { loss, ...delay } = hopOf({ rtt_ms: 200, jitter: 0.2, loss: 0.19 });
  network.forwarder.impair({ toServer: delay, toClients: delay });
  const players = await Promise.all(
    [true, false, false, false].map((relay_only) =>
      openPlayer(network, network.host.trial({ ...trial, relay_only }), Object.keys(KEYS)),
    ),
  );
  await Promise.all(players.map(({ page }) => ticks(page, 1, 180_000)));
  network.forwarder.impair({ toServer: { loss }, toClients: { loss } });
  await Promise.all(players.map(({ page }) => ticks(page, 40, 180_000)));
  // One connection of the last player, with one of those who are linked directly.
  const closed = await players[3]!.page.evaluate(async () => {
    for (const connection of window.cotrialProbe.connections) {
      if (connection.connectionState !== 'connected') continue;
      const stats = new Map<string, Record<string, string>>();
      (await connection.getStats()).forEach((entry: Record<string, string>) =>
        stats.set(entry['id']!, entry),
      );
      const transport = [...stats.values()].find(({ type }) => type === 'transport');
      const pair = stats.get(transport?.['selectedCandidatePairId'] ?? '');
      const ends = [pair?.['localCandidateId'], pair?.['remoteCandidateId']];
      if (ends.some((end) => stats.get(end ?? '')?.['candidateType'] === 'relay')) continue;
      connection.close();
      return true;
    }
    return false;
  });
  expect(closed).toBe(true);
  const rows = await Promise.all(players.map((player) => player.row(240_000)));
  const changes = (await Promise.all(players.map(({ page }) => linkChanges(page)))).map((lines) =>
    lines.join('\n'),
  );
  console.log(changes.join('\n\n'));
  for (const row of rows) {
    expect(row).toMatchObject({
      outcome: 'completed',
      n_frames: FRAMES,
      verification: 'verified',
      desync_count: 0,
    });
  }
  expect(new Set(rows.map((row) => row.record_sha256)).size).toBe(1);
  expect(new Set(rows.map((row) => row.agent)).size).toBe(4);

  // The two ends of the closed link moved to the relay. Of the others none did, unless it is one
  // through the bad network, measured as too bad by one of its ends.
  const seats = rows.map((row) => Number(/\d+$/.exec(row.agent!)![0]));
  const moves = changes.flatMap((lines, page) =>
    lines
      .split('\n')
      .filter((line) => line.includes('"server"'))
      .map(
        (line) => JSON.parse(line.slice(line.indexOf('{'))) as { player: number; reason: string },
      )
      .map(({ player, reason }) => ({ link: [seats[page], player].sort().join('-'), reason })),
  );
  const cut = moves.filter(({ link }) => !link.includes(String(seats[0])));
  expect(cut).toHaveLength(2);
  expect(new Set(cut.map(({ link }) => link)).size).toBe(1);
  expect(cut[0]!.link).toContain(String(seats[3]));
  expect(cut.map(({ reason }) => reason).join()).toMatch(/closed/);
  const bad = moves.filter(({ link }) => link.includes(String(seats[0])));
  for (const { link } of bad) {
    const reasons = bad.filter((move) => move.link === link).map(({ reason }) => reason);
    expect(reasons).toHaveLength(2);
    expect(reasons.join()).toMatch(/slow peer connection|packet loss|peer connection silent/);
  }
  // The one who takes only TURN has three links of that type, everybody else one.
  expect(changes.map((lines) => lines.split('"turn"').length - 1)).toEqual([3, 1, 1, 1]);
  const { toServer, toClients } = network.forwarder.stats();
  for (const way of [toServer, toClients]) {
    expect(way.dropped).toBeGreaterThan(30);
    expect(way.delayed).toBeGreaterThan(3 * FRAMES);
  }
  expect(network.host.kit.stats().relayed_inputs).toBeGreaterThan(100);

  const match = (await exportedMatches(network.host.url)).find(
    ({ match_id }) => match_id === rows[0]!.match_id,
  )!;
  const types = match.players.flatMap(
    (player) => player.link_types as { agent: string; type: string; at: string }[],
  );
  expect(new Set(types.map(({ type }) => type))).toEqual(new Set(['direct', 'turn', 'server']));
  for (const { at } of types) expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  await Promise.all(players.map((player) => player.close()));
});
