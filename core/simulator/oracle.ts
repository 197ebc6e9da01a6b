import { episodeSeed } from '../src/rollback/session.ts';
import { demand } from './failure.ts';
import { judgeCorrupted } from './judge-corruption.ts';
import { judgeMetrics, judgeRollbacks } from './judge-metrics.ts';
import type { EpisodeRecord, SimulatedPeer } from './peer.ts';
import type { Scenario } from './scenario.ts';
import { resetToy, stepToy, toyChecksum, toyRow } from './toy-game.ts';
import { readRow, trueInputs } from './true-inputs.ts';

/**
 * Judges a match that is over: I1, I2, I3 and I10 of invariants.ts. It knows what each player
 * really did (the samples), plays it again without network or rollback, and demands the same bytes
 * of every record.
 */
export function judge(scenario: Scenario, peers: readonly SimulatedPeer[]): void {
  const survivors = peers.filter((peer) => !peer.gone);
  const model = survivors[0]!;
  demand(model.finished !== null, 'not finished');
  if (scenario.corruptions.length > 0) {
    judgeCorrupted(scenario, peers);
    return;
  }
  const played = model.episodes.map((record, e) => judgeEpisode(scenario, peers, record, e));
  judgeEnd(scenario, model);
  for (const peer of survivors) {
    const who = `peers ${model.player} and ${peer.player}`;
    demand(peer.finished === model.finished, `${who}: ${model.finished} and ${peer.finished}`);
    demand(peer.episodes.length === model.episodes.length, `${who} played different episodes`);
    peer.episodes.forEach((record, e) => {
      const other = model.episodes[e]!;
      demand(record.reason === other.reason, `${who} end episode ${e} for different reasons`);
      demand(record.rows.length === other.rows.length, `${who}: lengths of episode ${e} differ`);
      sameRows(record, other, `${who}, episode ${e}`);
    });
    judgeMetrics(peer, who);
  }
  for (const peer of peers) {
    judgeRollbacks(scenario, peers, played, peer);
    if (!peer.gone) continue;
    peer.episodes.forEach((record, e) => {
      const other = model.episodes[e];
      const more = record.rows.length > (other?.rows.length ?? 0);
      demand(!more, `leaver ${peer.player} exported what nobody else has`);
      if (other !== undefined) sameRows(record, other, `leaver ${peer.player}, episode ${e}`);
    });
  }
}

/** As far as `a` goes. */
function sameRows(a: EpisodeRecord, b: EpisodeRecord, who: string): void {
  a.rows.forEach((row, f) => {
    demand(Buffer.compare(row, b.rows[f]!) === 0, `${who}: rows of frame ${f} differ`);
  });
}

/** @returns the actions of all seats, one after another, that were really played, by frame */
function judgeEpisode(
  scenario: Scenario,
  peers: readonly SimulatedPeer[],
  record: EpisodeRecord,
  episode: number,
): Uint8Array[] {
  const { session } = scenario;
  const { players, actionBytes, checksumInterval, maxSteps } = session;
  const rules = { players, actionBytes, endsOneIn: scenario.endsOneIn };
  const seed = episodeSeed(session.matchSeed, episode);
  demand(record.seed === seed, `episode ${episode} has another seed`);
  const rows = record.rows.map((bytes, f) => readRow(bytes, f));
  const state = resetToy(seed);
  const frames = rows.length;
  return rows.map((row, f) => {
    const { actions, metas } = trueInputs(scenario, peers, episode, rows, f);
    const step = stepToy(rules, state, actions);
    const last = step.over || f + 1 === maxSteps;
    demand(!last || f + 1 === frames, `episode ${episode} goes on after its end at ${f}`);
    const checked = last || (f + 1) % checksumInterval === 0;
    const expected = toyRow(rules, f, actions, step, metas, checked ? toyChecksum(step) : null);
    const same = Buffer.compare(expected, record.rows[f]!) === 0;
    demand(same, `episode ${episode}: row ${f} is not what really happened (${row.frame})`);
    if (!last && f + 1 === frames) {
      demand(record.reason === 'player_left', `episode ${episode} ended at ${f} for nothing`);
    } else if (last) {
      const reason = step.over ? 'environment' : 'max_steps';
      demand(record.reason === reason, `episode ${episode}: ${record.reason}, not ${reason}`);
    }
    return actions;
  });
}

function judgeEnd(scenario: Scenario, model: SimulatedPeer): void {
  const { episodes, onLeave } = scenario.session;
  const last = model.episodes[model.episodes.length - 1]!;
  const complete = model.episodes.length === episodes && last.reason !== 'player_left';
  const reason = complete ? 'completed' : 'player_left';
  demand(model.finished === reason, `${model.finished}, not ${reason}`);
  const mayEndEarly = onLeave === 'end' && scenario.departures.length > 0;
  demand(complete || mayEndEarly, 'ended early although nobody left');
}
