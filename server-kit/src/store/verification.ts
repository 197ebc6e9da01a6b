import { createHash } from 'node:crypto';
import type { Verification } from '@cotrial/core/contract';

/** One peer's whole copy of an episode. */
export interface EpisodeCopy {
  episode: number;
  player: number;
  seed: number;
  n_frames: number;
  /** Of the bytes that the server stored. */
  sha256: string;
  /** It came when the server had already declared that the player left. */
  after_departure: boolean;
}

/**
 * What the copies of one episode say (REC-4).
 *
 * A copy that came after its player's departure may confirm, but never dispute: the match went on
 * without that player, so its last episode may rightly be another one.
 *
 * @param seats Every seat of the match, and whether it left.
 */
export function verifyEpisode(
  seats: readonly { player: number; departed: boolean }[],
  copies: readonly EpisodeCopy[],
): Verification {
  const same = (a: EpisodeCopy, b: EpisodeCopy) => a.sha256 === b.sha256 && a.seed === b.seed;
  const witnesses = copies.filter((copy) => !copy.after_departure);
  const reference = witnesses[0] ?? copies[0];
  if (witnesses.some((copy) => !same(copy, reference!))) return 'disputed';
  const awaited = seats.filter(
    (seat) => !seat.departed && !copies.some((copy) => copy.player === seat.player),
  );
  if (awaited.length > 0) return 'pending';
  const equal = copies.filter((copy) => same(copy, reference!)).length;
  return equal >= Math.min(2, seats.length) ? 'verified' : 'unverified';
}

/** The verdict on a whole match: its weakest episode's. Without any episode, `unverified`. */
export function worstOf(verifications: readonly Verification[]): Verification {
  for (const verdict of ['disputed', 'pending', 'unverified', 'verified'] as const) {
    if (verifications.includes(verdict)) return verdict;
  }
  return 'unverified';
}

/** SHA-256 over the episodes' digests in order, as contract/record.ts defines it. */
export function recordSha256(copies: readonly EpisodeCopy[]): string | null {
  if (copies.length === 0) return null;
  const hash = createHash('sha256');
  const inOrder = [...copies].sort((a, b) => a.episode - b.episode);
  for (const copy of inOrder) hash.update(Buffer.from(copy.sha256, 'hex'));
  return hash.digest('hex');
}

/** The copy that stands for an episode: one that most agree with, the longer, the lower seat. */
export function chooseCopy(copies: readonly EpisodeCopy[]): EpisodeCopy | undefined {
  const votes = (copy: EpisodeCopy) => copies.filter((c) => c.sha256 === copy.sha256).length;
  return [...copies].sort(
    (a, b) =>
      Number(a.after_departure) - Number(b.after_departure) ||
      votes(b) - votes(a) ||
      b.n_frames - a.n_frames ||
      a.player - b.player,
  )[0];
}
