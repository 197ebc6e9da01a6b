import type { Probe } from '@cotrial/core/contract';
import type { Match, Seat } from './match.ts';

/** Players whose link to `seat` its probes did not show to be short enough (LOB-6). */
export function tooFar(
  match: Match,
  seat: Seat,
  probes: readonly Probe[],
  maxRttMs: number | null,
): Seat[] {
  if (maxRttMs === null) return [];
  const rtts = new Map(probes.map(({ player, rtt_ms }) => [player, rtt_ms]));
  // What was not measured is no better than what is too slow.
  return match.seats.filter(
    (other) => other !== seat && !((rtts.get(other.player) ?? Infinity) <= maxRttMs),
  );
}
