import { readRows, RecordError, STATUS, STATUSES, type RecordRow } from '../src/contract/index.ts';
import { demand, SimulationFailure } from './failure.ts';
import type { SimulatedPeer } from './peer.ts';
import type { Scenario } from './scenario.ts';

/** What all seats really played on a frame. */
export interface TrueInputs {
  /** Of all seats, one after another. */
  actions: Uint8Array;
  /** As in an EXPORT request, by seat. */
  metas: number[];
}

/** From what the players did, and from the rows since when somebody counts as left. */
export function trueInputs(
  scenario: Scenario,
  peers: readonly SimulatedPeer[],
  episode: number,
  rows: readonly RecordRow[],
  frame: number,
): TrueInputs {
  const { players, actionBytes } = scenario.session;
  const actions = new Uint8Array(players * actionBytes);
  const metas: number[] = [];
  for (let p = 0; p < players; p++) {
    const truth = trueInput(scenario, peers[p]!, episode, rows, frame);
    actions.set(truth.action, p * actionBytes);
    metas.push(truth.meta);
  }
  return { actions, metas };
}

export function readRow(bytes: Uint8Array, frame: number): RecordRow {
  try {
    const [row] = [...readRows(bytes, frame)];
    demand(row !== undefined, `row ${frame} is empty`);
    return row;
  } catch (error) {
    throw error instanceof RecordError ? new SimulationFailure(error.message) : error;
  }
}

/** What seat `peer` really played on a frame, given from which frame on it counts as left. */
function trueInput(
  scenario: Scenario,
  peer: SimulatedPeer,
  episode: number,
  rows: readonly RecordRow[],
  frame: number,
): { action: Uint8Array; meta: number } {
  const { player } = peer;
  const { defaultActions, inputDelay } = scenario.session;
  const status = rows[frame]!.statuses[player]!;
  const left = { action: defaultActions[player]!, meta: STATUS.left << 8 };
  if (status === STATUSES[STATUS.left]) {
    demand(peer.gone, `player ${player} counts as left and is not`);
    return left;
  }
  const cameBack = frame > 0 && rows[frame - 1]!.statuses[player] !== status;
  demand(!cameBack, `player ${player} came back on frame ${frame}`);
  // Inputs are played in the order in which they were sampled, after the delay of the first.
  const samples = peer.samples[episode] ?? [];
  const first = inputDelay === 'adaptive' ? rows[0]!.input_delays[player]! : inputDelay;
  const delay = inputDelay === 'adaptive' ? rows[frame]!.input_delays[player]! : inputDelay;
  const sample = samples[Math.max(0, frame - first)];
  demand(sample !== undefined, `nobody sampled frame ${frame} of player ${player}`);
  const action = frame < first ? defaultActions[player]! : sample.action;
  return { action, meta: sample.focused | (delay << 1) };
}
