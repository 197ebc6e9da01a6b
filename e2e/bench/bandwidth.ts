import { measureBandwidth, type BandwidthConditions } from '../../core/simulator/bandwidth.ts';
import type { Figure } from './figure.ts';

/** By the part of the id that follows `PERF-4`. */
const CONDITIONS: Record<string, BandwidthConditions> = {
  '': {},
  '/every-frame-another-action': { restlessness: 1 },
  '/30-hz': { fps: 30 },
  '/4-players': { players: 4 },
  '/8-players': { players: 8 },
};

/** PERF-4: application bytes per directed link, on perfect simulated links under a virtual clock. */
export function measureLinkBytes(): Figure[] {
  return Object.entries(CONDITIONS).map(([suffix, conditions]) => {
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
  });
}
