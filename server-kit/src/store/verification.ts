import { createHash } from 'node:crypto';
import type { Verification } from '@cotrial/core/contract';

/** One peer's copy of an episode, closed: all that this peer has of it. */
export interface EpisodeCopy {
  episode: number;
  player: number;
  seed: number;
  n_frames: number;
  /** Of the bytes that the server stored. */
  sha256: string;
  /** It came when the server had already declared that the player left. */
  after_departure: boolean;
  /** The match ended for this peer before the episode did: another may go on where this ends. */
  broken_off: boolean;
  /** Frames that this peer knew every other to have. */
  n_agreed: number;
}

/** Whether the shorter copy is the beginning of the longer. */
export type AlikeCopies = (a: EpisodeCopy, b: EpisodeCopy) => boolean;

/**
 * What the copies of one episode say (REC-4).
 *
 * Where the match broke off, peers may rightly hold a few frames more or less: then what both have
 * counts. A copy that came after its player's departure may confirm, but never dispute: the match
 * went on without that player, so its last episode may rightly be another one.
 *
 * @param seats Every seat of the match, and whether it left.
 * @param alike Asked only about copies of which one broke off.
 */
export function verifyEpisode(
  seats: readonly { player: number; departed: boolean }[],
  copies: readonly EpisodeCopy[],
  alike: AlikeCopies,
): Verification {
  const same = (a: EpisodeCopy, b: EpisodeCopy) =>
    a.seed === b.seed && (a.sha256 === b.sha256 || ((a.broken_off || b.broken_off) && alike(a, b)));
  const witnesses = copies.filter((copy) => !copy.after_departure);
  const reference = longest(witnesses) ?? longest(copies);
  if (witnesses.some((copy) => !same(copy, reference!))) return 'disputed';
  const awaited = seats.filter(
    (seat) => !seat.departed && !copies.some((copy) => copy.player === seat.player),
  );
  if (awaited.length > 0) return 'pending';
  const equal = copies.filter((copy) => same(copy, reference!)).length;
  return equal >= Math.min(2, seats.length) ? 'verified' : 'unverified';
}

function longest(copies: readonly EpisodeCopy[]): EpisodeCopy | undefined {
  return [...copies].sort((a, b) => b.n_frames - a.n_frames)[0];
}

function shortest(copies: readonly EpisodeCopy[]): EpisodeCopy | undefined {
  return [...copies].sort((a, b) => a.n_frames - b.n_frames)[0];
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

/**
 * The copy of an episode that stands for all although some have more, since it broke off for them
 * and nobody could tell them what had arrived last: the shortest (NET-10). None where a longer copy
 * goes on to an end that others know, or where the shortest ends before what another peer knew all
 * to have: then it is not all that its sender had, and nobody loses data by it.
 */
export function commonCopy(copies: readonly EpisodeCopy[], alike: AlikeCopies): EpisodeCopy | null {
  const end = shortest(copies);
  if (end === undefined || copies.every((copy) => copy.n_frames === end.n_frames)) return null;
  const common = copies.every(
    (copy) =>
      copy.seed === end.seed &&
      (copy.sha256 === end.sha256 ||
        (copy.broken_off && copy.n_agreed <= end.n_frames && alike(copy, end))),
  );
  return common ? end : null;
}

/** The copies as their peers have them in the end. */
export function inCommon(copies: readonly EpisodeCopy[], alike: AlikeCopies): EpisodeCopy[] {
  return copies.map((copy) => {
    const same = copies.filter(({ episode }) => episode === copy.episode);
    const common = commonCopy(same, alike);
    return common === null ? copy : { ...common, player: copy.player };
  });
}

/** The copy that stands for an episode otherwise: one that most agree with, the longer, the lower seat. */
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
