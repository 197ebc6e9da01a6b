import type { SessionMetrics } from '../src/rollback/session.ts';
import { demand } from './failure.ts';
import type { SimulatedPeer } from './peer.ts';
import type { Scenario } from './scenario.ts';

/** I10 of invariants.ts: the figures of a session against what was counted outside it. */
export function judgeMetrics(peer: SimulatedPeer, who: string): void {
  const { session, traffic, rollbacks, episodes, left, stalls } = peer;
  const depths = rollbacks.map((rollback) => rollback.rollback_frames);
  const truth: Partial<SessionMetrics> = {
    frames_exported: episodes.reduce((n, { rows }) => n + rows.length, 0),
    rollbacks: rollbacks.length,
    rollback_frames: depths.reduce((sum, depth) => sum + depth, 0),
    rollback_frames_max: Math.max(0, ...depths),
    stalls,
    packets_sent: traffic.packetsSent,
    bytes_sent: traffic.bytesSent,
    packets_received: traffic.packetsReceived,
    bytes_received: traffic.bytesReceived,
    packets_refused: traffic.packetsRefused,
    desyncs: peer.desyncs.length,
    departures: left.size,
  };
  const metrics = session.metrics();
  for (const [name, value] of Object.entries(truth)) {
    const told = metrics[name as keyof SessionMetrics];
    demand(told === value, `${who}: metric ${name} of the second is ${told}, in truth ${value}`);
  }
}

/**
 * I10: a correction replaced a wrong guess by what the player really did.
 *
 * @param played by episode and frame, the true actions of all seats one after another
 */
export function judgeRollbacks(
  scenario: Scenario,
  peers: readonly SimulatedPeer[],
  played: readonly Uint8Array[][],
  peer: SimulatedPeer,
): void {
  const { actionBytes } = scenario.session;
  for (const rollback of peer.rollbacks) {
    const { episode, frame, current_frame, player, predicted_action, actual_action } = rollback;
    const what = `peer ${peer.player}, rollback to ${frame} in episode ${episode}`;
    const back = rollback.rollback_frames === current_frame - frame && frame < current_frame;
    demand(back, `${what} from ${current_frame}`);
    const wrong = Buffer.compare(predicted_action, actual_action) !== 0;
    demand(wrong, `${what}: the prediction was right`);
    const actions = played[episode]?.[frame];
    // What was stepped beyond the end never was; where a leaver is cut is open for a while.
    if (actions === undefined || peers[player]!.gone) continue;
    const at = player * actionBytes;
    const same = Buffer.compare(actual_action, actions.subarray(at, at + actionBytes)) === 0;
    demand(same, `${what}: player ${player} did something else`);
  }
}
