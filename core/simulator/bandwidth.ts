import { quietMatch } from './conditions.ts';
import { SimulatedMatch } from './match.ts';

/** What is measured; the defaults are those of PERF-4. */
export interface BandwidthConditions {
  players?: number;
  fps?: number;
  actionBytes?: number;
  /** ms one way. */
  delay?: number;
  /** Chance that a player's action changes on a frame; people at a keyboard: about 0.1. */
  restlessness?: number;
}

export interface Bandwidth {
  /** Application bytes per directed link, thousands a second. */
  kilobytesPerSecond: number;
  bytesPerPacket: number;
  packetsPerSecond: number;
}

/** Left out while the peers find their common pace, and measured after it, ms. */
const SETTLE_MS = 2_000;
const MEASURE_MS = 20_000;

/** Plays a match on perfect links and counts what goes over each of them. */
export function measureBandwidth(conditions: BandwidthConditions = {}): Bandwidth {
  const { players = 2, fps = 60, actionBytes = 1, delay = 33, restlessness = 0.1 } = conditions;
  const scenario = quietMatch(players, fps, delay);
  scenario.session.actionBytes = actionBytes;
  scenario.session.defaultActions = scenario.starts.map(() => new Uint8Array(actionBytes));
  scenario.restlessness = restlessness;
  // Peers do not tick at the same moment.
  scenario.starts = scenario.starts.map((_, p) => (p * 1000) / fps / players);
  let bytes = 0;
  let packets = 0;
  const match = new SimulatedMatch(scenario, {
    packet: (time, _from, _to, packet) => {
      if (time < SETTLE_MS) return;
      bytes += packet.length;
      packets += 1;
    },
  });
  match.playUntil(SETTLE_MS + MEASURE_MS);
  const links = players * (players - 1);
  const seconds = (MEASURE_MS / 1000) * links;
  return {
    kilobytesPerSecond: bytes / 1000 / seconds,
    bytesPerPacket: bytes / packets,
    packetsPerSecond: packets / seconds,
  };
}
