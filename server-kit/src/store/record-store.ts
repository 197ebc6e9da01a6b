import { createHash } from 'node:crypto';
import {
  RecordError,
  readRows,
  type CommonEnd,
  type EpisodeDoneRequest,
  type UploadRequest,
} from '@cotrial/core/contract';
import { Refusal } from '../refusal.ts';
import type { Database } from './database.ts';
import { commonCopy, type AlikeCopies, type EpisodeCopy } from './verification.ts';

/** A seat whose data arrive. */
export interface Uploader {
  player: number;
  players: number;
  departed: boolean;
}

type StoredCopy = Omit<EpisodeCopy, 'after_departure' | 'broken_off'> & {
  after_departure: number;
  broken_off: number;
};

/** Canonical records as every peer sends them: in chunks, committed before they are acknowledged. */
export class RecordStore {
  constructor(private readonly db: Database) {}

  /**
   * Stores a chunk. The same chunk again changes nothing.
   *
   * @throws Refusal `altered` if another chunk is stored under this number, which is kept; the
   *   attempt is counted on the seat.
   */
  putChunk(uploader: Uploader, chunk: UploadRequest): void {
    const key = [chunk.match_id, chunk.episode, uploader.player, chunk.seq];
    const closed = this.db
      .prepare(`SELECT n_chunks FROM episodes WHERE match_id = ? AND episode = ? AND player = ?`)
      .get(...key.slice(0, 3)) as { n_chunks: number } | undefined;
    if (closed !== undefined && chunk.seq >= closed.n_chunks) this.refuseAltered(uploader, chunk);
    const inserted = this.db
      .prepare(
        `INSERT OR IGNORE INTO chunks (match_id, episode, player, seq, bytes)
         VALUES (?, ?, ?, ?, ?)`,
      )
      .run(...key, chunk.bytes);
    if (inserted.changes === 1) return;
    const stored = this.db
      .prepare(
        `SELECT bytes FROM chunks WHERE match_id = ? AND episode = ? AND player = ? AND seq = ?`,
      )
      .get(...key) as { bytes: Buffer } | undefined;
    if (stored?.bytes.equals(chunk.bytes) === true) return;
    this.refuseAltered(uploader, chunk);
  }

  private refuseAltered(uploader: Uploader, chunk: UploadRequest): never {
    this.db
      .prepare(
        `UPDATE seats SET altered_chunks = altered_chunks + 1 WHERE match_id = ? AND player = ?`,
      )
      .run(chunk.match_id, uploader.player);
    throw new Refusal(
      'altered',
      `Chunk ${chunk.seq} of episode ${chunk.episode} is stored already, or the episode is closed.`,
    );
  }

  /**
   * Closes a peer's copy of an episode. Repeating it changes nothing.
   *
   * The digest is the server's own, of what it stored; the peer's serves to find a broken upload.
   *
   * @throws Refusal `missing_chunks`, `malformed_record` or `altered`.
   */
  closeEpisode(uploader: Uploader, done: EpisodeDoneRequest, at: number): void {
    const chunks = this.chunks(done.match_id, done.episode, uploader.player);
    if (chunks.length !== done.n_chunks) {
      throw new Refusal(
        'missing_chunks',
        `Chunks 0 to ${chunks.length - 1} of ${done.n_chunks} are here: send the others.`,
      );
    }
    const bytes = Buffer.concat(chunks);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== done.sha256) {
      throw new Refusal('malformed_record', `The stored bytes have SHA-256 ${sha256}.`);
    }
    const frames = countRows(bytes, uploader.players);
    if (frames !== done.n_frames) {
      throw new Refusal('malformed_record', `The stored bytes hold ${frames} frames.`);
    }
    const row = {
      ...done,
      player: uploader.player,
      after_departure: uploader.departed ? 1 : 0,
      broken_off: done.broken_off ? 1 : 0,
      at,
    };
    const inserted = this.db
      .prepare(
        `INSERT OR IGNORE INTO episodes
           (match_id, episode, player, seed, n_chunks, n_frames, sha256, after_departure,
            broken_off, n_agreed, done_at)
         VALUES (@match_id, @episode, @player, @seed, @n_chunks, @n_frames, @sha256,
           @after_departure, @broken_off, @n_agreed, @at)`,
      )
      .run(row);
    if (inserted.changes === 1) return;
    const stored = this.copies(done.match_id).find(
      (copy) => copy.episode === done.episode && copy.player === uploader.player,
    );
    if (stored?.sha256 !== sha256 || stored.seed !== done.seed) {
      throw new Refusal('altered', `Episode ${done.episode} was closed before with other data.`);
    }
  }

  /** Chunks 0, 1, 2... up to the first that is missing. */
  chunks(matchId: string, episode: number, player: number): Buffer[] {
    const rows = this.db
      .prepare(
        `SELECT seq, bytes FROM chunks WHERE match_id = ? AND episode = ? AND player = ?
         ORDER BY seq`,
      )
      .all(matchId, episode, player) as { seq: number; bytes: Buffer }[];
    const gap = rows.findIndex((row, i) => row.seq !== i);
    return rows.slice(0, gap === -1 ? rows.length : gap).map((row) => row.bytes);
  }

  /** Every closed copy of the match's episodes, by episode and player. */
  copies(matchId: string): EpisodeCopy[] {
    const rows = this.db
      .prepare(
        `SELECT episode, player, seed, n_frames, sha256, after_departure, broken_off, n_agreed
         FROM episodes WHERE match_id = ? ORDER BY episode, player`,
      )
      .all(matchId) as StoredCopy[];
    return rows.map((row) => ({
      ...row,
      after_departure: row.after_departure === 1,
      broken_off: row.broken_off === 1,
    }));
  }

  /** Where the last episode of a match broke off for everybody, if it did. */
  commonEnd(matchId: string): CommonEnd | null {
    const copies = this.copies(matchId);
    const last = copies.at(-1)?.episode;
    const common = commonCopy(
      copies.filter(({ episode }) => episode === last),
      this.alikeIn(matchId),
    );
    if (common === null) return null;
    const { episode, n_frames, sha256 } = common;
    return { episode, n_frames, sha256 };
  }

  /** Whether two copies of an episode of this match are alike as far as both go. */
  alikeIn(matchId: string): AlikeCopies {
    const bytes = ({ episode, player }: EpisodeCopy) =>
      Buffer.concat(this.chunks(matchId, episode, player));
    return (a, b) => {
      const [one, two] = [bytes(a), bytes(b)];
      const common = Math.min(one.length, two.length);
      return one.subarray(0, common).equals(two.subarray(0, common));
    };
  }

  /** A piece of a peer's own record; a repeated piece takes the place of the first. */
  putLocalRecord(matchId: string, player: number, seq: number, text: string): void {
    this.db
      .prepare(
        `INSERT INTO local_records (match_id, player, seq, text) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET text = excluded.text`,
      )
      .run(matchId, player, seq, text);
  }
}

function countRows(bytes: Uint8Array, players: number): number {
  let frames = 0;
  try {
    for (const row of readRows(bytes)) {
      if (row.actions.length !== players) {
        throw new RecordError(`row ${row.frame} is not for ${players} players`, row.frame);
      }
      frames += 1;
    }
  } catch (error) {
    if (error instanceof RecordError) throw new Refusal('malformed_record', error.message);
    throw error;
  }
  return frames;
}
