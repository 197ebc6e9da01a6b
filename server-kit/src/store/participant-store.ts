import { randomId, randomSecret, type Holder } from '../auth/tokens.ts';
import type { Database } from './database.ts';

/** Participants and what the server must remember of itself. */
export class ParticipantStore {
  constructor(private readonly db: Database) {}

  /** Key of the participant tokens, made once per database. */
  tokenSecret(): Buffer {
    this.db
      .prepare(`INSERT OR IGNORE INTO meta (key, value) VALUES ('token_secret', ?)`)
      .run(randomSecret());
    const row = this.db.prepare(`SELECT value FROM meta WHERE key = 'token_secret'`).get();
    return (row as { value: Buffer }).value;
  }

  /**
   * A new page of a participant. The same recruitment id is the same participant, in its next
   * session; without one, everybody who joins is new.
   */
  join(externalId: string | null, at: number): Holder {
    const row = this.db
      .prepare(
        `INSERT INTO participants (id, external_id, session, joined_at) VALUES (?, ?, 1, ?)
         ON CONFLICT (external_id) DO UPDATE SET session = session + 1
         RETURNING id AS participant, session`,
      )
      .get(randomId(), externalId, at);
    return row as Holder;
  }

  /** Newest session of a participant, or null if there is no such participant. */
  session(participant: string): number | null {
    const row = this.db.prepare(`SELECT session FROM participants WHERE id = ?`).get(participant);
    return row === undefined ? null : (row as { session: number }).session;
  }
}
