import type { RecordRow } from '../src/contract/index.ts';
import { episodeSeed } from '../src/rollback/session.ts';
import { demand } from './failure.ts';
import { judgeMetrics, judgeRollbacks } from './judge-metrics.ts';
import type { EpisodeRecord, SimulatedPeer } from './peer.ts';
import type { Scenario } from './scenario.ts';
import { corruptToy, resetToy, stepToy, toyChecksum, toyRow, type ToyState } from './toy-game.ts';
import { readRow, trueInputs, type TrueInputs } from './true-inputs.ts';

/** Rows wait for the next check under `end`, if it comes within so many frames. */
const MOST_HELD_BACK = 64;

/**
 * Judges a match in which frames came out otherwise on some machine. What each machine makes of the
 * true inputs is known exactly, with the states that it took from others; beyond that:
 *
 * - every record, a leaver's too, is to the byte what its peer's own machine makes of the inputs
 * - a desync is told only of checksums that differ
 * - two records differ only from a corruption on to the next check (ROLL-8: found within one
 *   interval), under `flag` to the end of the episode; if somebody leaves meanwhile, the state may
 *   come from another one, who is an interval further
 * - under `end` they do not differ at all: all survivors end on the same last frame, for the same
 *   reason. If one of those who leave had another state, some may have compared with it and some
 *   not, and the last frames lie one interval apart
 */
export function judgeCorrupted(scenario: Scenario, peers: readonly SimulatedPeer[]): void {
  const survivors = peers.filter((peer) => !peer.gone);
  for (const peer of peers) {
    const played = peer.episodes.map((record, e) => judgeOwn(scenario, peers, peer, record, e));
    judgeRollbacks(scenario, peers, played, peer);
    judgeDesyncs(peer);
    if (!peer.gone) judgeMetrics(peer, `peer ${peer.player}`);
  }
  for (const peer of peers) {
    for (const other of peers) if (other.player < peer.player) judgePair(scenario, peer, other);
  }
  const [model] = survivors;
  const alone = scenario.departures.length === 0;
  const { onDesync, checksumInterval } = scenario.session;
  const elsewhere = scenario.corruptions.some(({ part }) => part === 'a');
  for (const peer of survivors) {
    const who = `peers ${model!.player} and ${peer.player}`;
    demand(peer.finished !== null, `peer ${peer.player} has not finished`);
    const equal = onDesync === 'end' && checksumInterval <= MOST_HELD_BACK;
    if (!alone || (elsewhere && !equal)) continue;
    demand(peer.finished === model!.finished, `${who}: ${model!.finished} and ${peer.finished}`);
    demand(peer.episodes.length === model!.episodes.length, `${who} played different episodes`);
    peer.episodes.forEach((record, e) => {
      const { rows, reason } = model!.episodes[e]!;
      demand(record.rows.length === rows.length, `${who}: lengths of episode ${e} differ`);
      demand(record.reason === reason, `${who} end episode ${e} for different reasons`);
    });
  }
}

/** A peer's record against what its own machine makes of the true inputs. */
function judgeOwn(
  scenario: Scenario,
  peers: readonly SimulatedPeer[],
  peer: SimulatedPeer,
  record: EpisodeRecord,
  episode: number,
): Uint8Array[] {
  const { session, endsOneIn } = scenario;
  const { players, actionBytes, checksumInterval, maxSteps, matchSeed } = session;
  const rules = { players, actionBytes, endsOneIn };
  const seed = episodeSeed(matchSeed, episode);
  demand(record.seed === seed, `episode ${episode} has another seed`);
  const rows: RecordRow[] = record.rows.map((bytes, f) => readRow(bytes, f));
  const inputs = rows.map((_, f) => trueInputs(scenario, peers, episode, rows, f));
  const frames = rows.length;
  const resyncs = peer.resyncs.filter((resync) => resync.episode === episode);
  let state = resetToy(seed);
  rows.forEach((row, f) => {
    const taken = resyncs.filter(({ frame }) => frame === f).at(-1);
    if (taken !== undefined) state = stateOf(scenario, peers, taken.from, episode, f, inputs);
    corruptToy(state, corruptionsOf(scenario, peer.player), episode, f);
    const { actions, metas } = inputs[f]!;
    const step = stepToy(rules, state, actions);
    const last = step.over || f + 1 === maxSteps;
    const undone = resyncs.some(({ frame }) => frame === f + 1);
    demand(!last || undone || f + 1 === frames, `episode ${episode} goes on after its end at ${f}`);
    const checked = last || (f + 1) % checksumInterval === 0;
    const expected = toyRow(rules, f, actions, step, metas, checked ? toyChecksum(step) : null);
    const same = Buffer.compare(expected, record.rows[f]!) === 0;
    demand(same, `peer ${peer.player}, ${episode}:${f}: not what its machine makes (${row.frame})`);
  });
  return inputs.map(({ actions }) => actions);
}

/** The state that a player's machine has before a frame, with those that it took from others. */
function stateOf(
  scenario: Scenario,
  peers: readonly SimulatedPeer[],
  player: number,
  episode: number,
  frame: number,
  inputs: readonly TrueInputs[],
): ToyState {
  const { players, actionBytes, matchSeed } = scenario.session;
  const rules = { players, actionBytes, endsOneIn: 0 };
  const { resyncs } = peers[player]!;
  const taken = resyncs.filter((r) => r.episode === episode && r.frame <= frame).at(-1);
  let state = resetToy(episodeSeed(matchSeed, episode));
  if (taken !== undefined) {
    state = stateOf(scenario, peers, taken.from, episode, taken.frame, inputs);
  }
  for (let f = taken?.frame ?? 0; f < frame; f++) {
    corruptToy(state, corruptionsOf(scenario, player), episode, f);
    stepToy(rules, state, inputs[f]!.actions);
  }
  return state;
}

const corruptionsOf = ({ corruptions }: Scenario, player: number) =>
  corruptions.filter((corruption) => corruption.player === player);

/** What a peer said of differing checksums: its own is that of its row. */
function judgeDesyncs(peer: SimulatedPeer): void {
  for (const { episode, frame, player, local, remote } of peer.desyncs) {
    const what = `peer ${peer.player}, desync in ${episode}:${frame} with ${player}`;
    demand(local !== remote, `${what}: equal checksums`);
    const bytes = peer.episodes[episode]!.rows[frame];
    if (bytes === undefined) continue;
    const { checksum } = readRow(bytes, frame);
    demand(checksum === local, `${what}: another one in the row`);
  }
}

/** Where two records may differ, and where not. */
function judgePair(scenario: Scenario, a: SimulatedPeer, b: SimulatedPeer): void {
  const { onDesync, checksumInterval, maxSteps } = scenario.session;
  const alone = scenario.departures.length === 0;
  const short = onDesync === 'end' && checksumInterval <= MOST_HELD_BACK;
  a.episodes.forEach((record, episode) => {
    const other = b.episodes[episode];
    if (other === undefined) return;
    const allowed = scenario.corruptions.filter((c) => c.episode === episode);
    const ends = [record, other].map(({ rows }) => rows.length - 1);
    for (let f = 0; f < Math.min(record.rows.length, other.rows.length); f++) {
      if (Buffer.compare(record.rows[f]!, other.rows[f]!) === 0) continue;
      const why = allowed.some(({ frame }) => {
        const scheduled = frame - (frame % checksumInterval) + checksumInterval - 1;
        const check = Math.min(scheduled, (maxSteps ?? Infinity) - 1);
        if (f < frame) return false;
        if (onDesync === 'flag') return true;
        // Nobody checks the last rows before a departure that ends the match.
        if (!alone) return f <= check + checksumInterval || check >= Math.min(...ends);
        return !short && f <= check;
      });
      demand(why, `peers ${a.player} and ${b.player}: rows of ${episode}:${f} differ`);
    }
  });
}
