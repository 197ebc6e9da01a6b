import type { Milliseconds } from '../contract/index.ts';

/** How a link feels to play on, by its round trip (NET-7). */
export type LinkQuality = 'good' | 'degraded' | 'critical';

/** From here on an input delay alone no longer hides the distance, and corrections are seen. */
export const DEGRADED_RTT_MS: Milliseconds = 150;
/** From here on most games are no longer the same game; the relay is tried as well. */
export const CRITICAL_RTT_MS: Milliseconds = 300;
/** A link is called better only when it is so by a fifth: else it would be told back and forth. */
const BETTER_BELOW = 0.8;

/** @param before what the link was called until now */
export function qualityOf(rtt: Milliseconds, before: LinkQuality): LinkQuality {
  const critical = before === 'critical' ? CRITICAL_RTT_MS * BETTER_BELOW : CRITICAL_RTT_MS;
  const degraded = before === 'good' ? DEGRADED_RTT_MS : DEGRADED_RTT_MS * BETTER_BELOW;
  if (rtt >= critical) return 'critical';
  return rtt >= degraded ? 'degraded' : 'good';
}
