import type { Verification } from '@cotrial/core/contract';
import type { MatchStore } from './match-store.ts';
import type { RecordStore } from './record-store.ts';
import { verifyEpisode, worstOf } from './verification.ts';

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
