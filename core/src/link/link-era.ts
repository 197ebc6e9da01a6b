/**
 * Which of its two paths a link uses, so that both sides agree without asking.
 *
 * Every turn from one path to the other begins a new era: even ones are on the peer connection, odd
 * ones on the relay. Both sides write their era on every packet; whoever sees a newer one follows.
 * Eras are numbers from 0 to 15 on a circle: a packet would have to be eight turns late to be taken
 * for newer, and a link turns back only where an episode ends.
 */
const ERAS = 16;

/** A link begins on its peer connection. */
export const FIRST_ERA = 0;

export const isOnRelay = (era: number): boolean => era % 2 === 1;

/** The era that the next turn begins. */
export const nextEra = (era: number): number => (era + 1) % ERAS;

/** Turns by which `theirs` is ahead of `ours`; 0 or negative when there is nothing to follow. */
export function turnsAhead(theirs: number, ours: number): number {
  const ahead = (theirs - ours + ERAS) % ERAS;
  return ahead < ERAS / 2 ? ahead : ahead - ERAS;
}
