import { MatchStore, type StoredMatch, type StoredSeat } from '../store/match-store.ts';
import { openSnapshot, releaseSnapshot, type Database } from '../store/database.ts';
import { RecordStore } from '../store/record-store.ts';
import {
  chooseCopy,
  commonCopy,
  type AlikeCopies,
  type EpisodeCopy,
} from '../store/verification.ts';
import { RecordError, readRows, type LinkType, type RecordRow } from '@cotrial/core/contract';

/** A whole or partial episode as it is exported. */
export interface ExportedEpisode {
  episode: number;
  /** Every whole copy; none if the episode broke off before any peer could close it. */
  copies: EpisodeCopy[];
  /** Seat whose bytes stand for the episode. */
  player: number;
}

/** The study's data as they were when the export began. Close it when done. */
export class Snapshot {
  private readonly db: Database;
  private readonly matches: MatchStore;
  private readonly records: RecordStore;

  constructor(private readonly file: string) {
    this.db = openSnapshot(file);
    this.matches = new MatchStore(this.db);
    this.records = new RecordStore(this.db);
  }

  /** One match, or all in order of their start. */
  matchIds(only: string | null): string[] {
    const rows =
      only === null
        ? this.db.prepare(`SELECT id FROM matches ORDER BY started_at, id`).all()
        : this.db.prepare(`SELECT id FROM matches WHERE id = ?`).all(only);
    return (rows as { id: string }[]).map((row) => row.id);
  }

  match(id: string): StoredMatch {
    return this.matches.match(id)!;
  }

  seats(matchId: string): StoredSeat[] {
    return this.matches.seats(matchId);
  }

  copies(matchId: string): EpisodeCopy[] {
    return this.records.copies(matchId);
  }

  alikeIn(matchId: string): AlikeCopies {
    return this.records.alikeIn(matchId);
  }

  linkChanges(
    matchId: string,
  ): { player: number; other: number; link_type: LinkType; at: number }[] {
    return this.db
      .prepare(
        `SELECT player, other, link_type, at FROM link_changes WHERE match_id = ? ORDER BY id`,
      )
      .all(matchId) as { player: number; other: number; link_type: LinkType; at: number }[];
  }

  /** Episodes of which anything came, in order. */
  episodes(matchId: string): ExportedEpisode[] {
    const copies = this.records.copies(matchId);
    const longest = this.db
      .prepare(
        `SELECT episode, player FROM chunks WHERE match_id = ?
         GROUP BY episode, player ORDER BY episode, SUM(LENGTH(bytes)) DESC, player`,
      )
      .all(matchId) as { episode: number; player: number }[];
    const numbers = new Set([...copies, ...longest].map((row) => row.episode));
    return [...numbers]
      .sort((a, b) => a - b)
      .map((episode) => {
        const whole = copies.filter((copy) => copy.episode === episode);
        const chosen =
          commonCopy(whole, this.alikeIn(matchId)) ??
          chooseCopy(whole) ??
          longest.find((row) => row.episode === episode)!;
        return { episode, copies: whole, player: chosen.player };
      });
  }

  /** Rows of an episode up to its end, or to where the stored bytes break off. */
  *rows(matchId: string, episode: ExportedEpisode): Generator<RecordRow> {
    const bytes = Buffer.concat(this.records.chunks(matchId, episode.episode, episode.player));
    const players = this.seats(matchId).length;
    try {
      for (const row of readRows(bytes)) {
        if (row.actions.length !== players) return;
        yield row;
      }
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
    }
  }

  close(): void {
    releaseSnapshot(this.file, this.db);
  }
}
