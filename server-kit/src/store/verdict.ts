import type { Verification } from '@cotrial/core/contract';
import type { MatchStore } from './match-store.ts';
import type { RecordStore } from './record-store.ts';
import { verifyEpisode, worstOf } from './verification.ts';

/**
 * Whether the last episode broke off for a player who has frames that another may lack, and not
 * everybody's copy is here: also a player who was given up may still come back and bring one.
 */
export function mayBeCut(matches: MatchStore, records: RecordStore, matchId: string): boolean {
  const copies = records.copies(matchId);
  const last = copies.at(-1)?.episode;
  const ends = copies.filter((copy) => copy.episode === last);
  const more = ends.some((copy) => copy.broken_off && copy.n_agreed < copy.n_frames);
  return more && ends.length < matches.seats(matchId).length;
}

/** The verdict on all episodes of a match of which a whole copy came. */
export function matchVerdict(
  matches: MatchStore,
  records: RecordStore,
  matchId: string,
): Verification {
  const seats = matches
    .seats(matchId)
    .map(({ player, departure_order }) => ({ player, departed: departure_order !== null }));
  const copies = records.copies(matchId);
  const episodes = [...new Set(copies.map((copy) => copy.episode))];
  return worstOf(
    episodes.map((episode) =>
      verifyEpisode(
        seats,
        copies.filter((copy) => copy.episode === episode),
        records.alikeIn(matchId),
      ),
    ),
  );
}
