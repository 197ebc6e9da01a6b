import type { MatchStore, StoredSeat } from '../store/match-store.ts';
import { Match } from './match.ts';

/** Matches that were in play when the server stopped, as they were then. */
export function storedMatches(store: MatchStore): Match[] {
  return store.running().map((match) => {
    const seats = store.seats(match.id).map((seat) => ({
      player: seat.player,
      agent: seat.agent,
      participant: seat.participant,
      finished: seat.finished_at !== null,
      departure: departureOf(match.id, seat),
    }));
    return Match.restore(match, seats, match.started_at);
  });
}

function departureOf(match_id: string, seat: StoredSeat) {
  if (seat.departure_order === null) return null;
  return {
    match_id,
    player: seat.player,
    order: seat.departure_order,
    outcome: seat.outcome ?? ('left' as const),
    reason: seat.outcome_reason ?? '',
  };
}
