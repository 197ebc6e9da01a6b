import { measureBandwidth, type BandwidthConditions } from '../../core/simulator/bandwidth.ts';
import type { Figure } from './figure.ts';

const RATES = [60, 30, 10];
const PLAYERS = [2, 4, 8];
const ACTION_BYTES = [1, 8];

/**
 * PERF-4: application bytes per directed link, on perfect simulated links of 33 ms under a virtual
 * clock. The bare id is two players at 60 Hz with one byte an action; other ids say what differs.
 */
export function measureLinkBytes(): Figure[] {
  const figures = RATES.flatMap((fps) =>
    PLAYERS.flatMap((players) =>
      ACTION_BYTES.map((actionBytes) => measure({ fps, players, actionBytes })),
    ),
  );
  figures.push(measure({ restlessness: 1 }, '/every-frame-another-action'));
  return figures;
}

function measure(conditions: BandwidthConditions, suffix = nameOf(conditions)): Figure {
  const { kilobytesPerSecond, bytesPerPacket, packetsPerSecond } = measureBandwidth(conditions);
  return {
    id: `PERF-4${suffix}`,
    value: kilobytesPerSecond,
    goal: 1,
    unit: 'kB/s',
    detail: {
      bytes_per_packet: Number(bytesPerPacket.toPrecision(4)),
      packets_per_second: Number(packetsPerSecond.toPrecision(4)),
    },
  };
}

function nameOf({ fps, players, actionBytes }: BandwidthConditions): string {
  const parts = [
    fps === 60 ? '' : `${fps}-hz`,
    players === 2 ? '' : `${players}-players`,
    actionBytes === 1 ? '' : `${actionBytes}-byte-actions`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `/${parts.join('-')}`;
}
