import type { GameSettings, LinkType, Outcome } from '@cotrial/core/contract';
import type { Database } from './database.ts';

export interface StoredMatch {
  id: string;
  game: string;
  environment_sha256: string;
  seed: number;
  settings: GameSettings;
  started_at: number;
  ended_at: number | null;
}
export interface StoredSeat {
  player: number;
  agent: string;
  participant: string;
  departure_order: number | null;
  finished_at: number | null;
  outcome: Outcome | null;
  outcome_by: string | null;
  outcome_reason: string | null;
}

const SEAT_COLUMNS =
  'player, agent, participant, departure_order, finished_at, outcome, outcome_by, outcome_reason';

/** Matches that began, their seats, their links, and the match log. */
export class MatchStore {
  constructor(private readonly db: Database) {}

  /** A match exists from its start: match and seats in one transaction. */
  create(
    match: Omit<StoredMatch, 'ended_at'>,
    seats: readonly { player: number; agent: string; participant: string }[],
  ): void {
    const insertMatch = this.db.prepare(
      `INSERT INTO matches (id, game, environment_sha256, seed, settings, started_at)
       VALUES (@id, @game, @environment_sha256, @seed, @settings, @started_at)`,
    );
    const insertSeat = this.db.prepare(
      `INSERT INTO seats (match_id, player, agent, participant) VALUES (?, ?, ?, ?)`,
    );
    this.db.transaction(() => {
      insertMatch.run({ ...match, settings: JSON.stringify(match.settings) });
      for (const seat of seats) insertSeat.run(match.id, seat.player, seat.agent, seat.participant);
    })();
  }

  match(id: string): StoredMatch | null {
    const row = this.db
      .prepare(
        `SELECT id, game, environment_sha256, seed, settings, started_at, ended_at
         FROM matches WHERE id = ?`,
      )
      .get(id) as (Omit<StoredMatch, 'settings'> & { settings: string }) | undefined;
    return row === undefined
      ? null
      : { ...row, settings: JSON.parse(row.settings) as GameSettings };
  }

  /** Matches that were in play when the server stopped. */
  running(): StoredMatch[] {
    const ids = this.db.prepare(`SELECT id FROM matches WHERE ended_at IS NULL`).all();
    return (ids as { id: string }[]).map(({ id }) => this.match(id)!);
  }

  seats(matchId: string): StoredSeat[] {
    return this.db
      .prepare(`SELECT ${SEAT_COLUMNS} FROM seats WHERE match_id = ? ORDER BY player`)
      .all(matchId) as StoredSeat[];
  }

  /** The seat that the participant has or had in the match, or null. */
  seatOf(matchId: string, participant: string): StoredSeat | null {
    const row = this.db
      .prepare(`SELECT ${SEAT_COLUMNS} FROM seats WHERE match_id = ? AND participant = ?`)
      .get(matchId, participant);
    return (row as StoredSeat | undefined) ?? null;
  }

  depart(
    matchId: string,
    player: number,
    departure: { order: number; outcome: Outcome; outcome_by: string | null; reason: string },
    at: number,
  ): void {
    this.db
      .prepare(
        `UPDATE seats SET departure_order = ?, departed_at = ?, outcome = ?, outcome_by = ?,
           outcome_reason = ? WHERE match_id = ? AND player = ? AND departure_order IS NULL`,
      )
      .run(
        departure.order,
        at,
        departure.outcome,
        departure.outcome_by,
        departure.reason,
        matchId,
        player,
      );
  }

  /** What the player's page says of its end. The outcome of a seat that left stays the server's. */
  finish(
    matchId: string,
    player: number,
    end: { outcome: Outcome; outcome_by: string | null; outcome_reason: string },
    at: number,
  ): void {
    this.db
      .prepare(
        `UPDATE seats SET finished_at = @at,
           outcome = CASE WHEN departure_order IS NULL THEN @outcome ELSE outcome END,
           outcome_by = CASE WHEN departure_order IS NULL THEN @outcome_by ELSE outcome_by END,
           outcome_reason =
             CASE WHEN departure_order IS NULL THEN @outcome_reason ELSE outcome_reason END
         WHERE match_id = @matchId AND player = @player AND finished_at IS NULL`,
      )
      .run({ ...end, at, matchId, player });
  }

  end(matchId: string, relayedInputs: number, at: number): void {
    this.db
      .prepare(
        `UPDATE matches SET ended_at = ?, relayed_inputs = relayed_inputs + ?
         WHERE id = ? AND ended_at IS NULL`,
      )
      .run(at, relayedInputs, matchId);
  }

  /** A link is of this type from now on; repeating the newest type says nothing new. */
  link(matchId: string, player: number, other: number, type: LinkType, at: number): void {
    this.db
      .prepare(
        `INSERT INTO link_changes (match_id, player, other, link_type, at)
         SELECT @matchId, @player, @other, @type, @at
         WHERE @type IS NOT (
           SELECT link_type FROM link_changes
           WHERE match_id = @matchId AND player = @player AND other = @other
           ORDER BY id DESC LIMIT 1)`,
      )
      .run({ matchId, player, other, type, at });
  }

  /** One line of the match log (REC-8). */
  event(kind: string, matchId: string | null, detail: object, at: number): void {
    this.db
      .prepare(`INSERT INTO events (at, match_id, kind, detail) VALUES (?, ?, ?, ?)`)
      .run(at, matchId, kind, JSON.stringify(detail));
  }
}
