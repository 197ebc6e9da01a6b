/**
 * The database's layout, as the steps that made it: `PRAGMA user_version` counts those that were
 * run. A step that was ever released is never changed; a new one is added.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL);

  CREATE TABLE participants (
    id TEXT PRIMARY KEY,
    external_id TEXT UNIQUE,           -- the recruitment service's, never exported
    session INTEGER NOT NULL,          -- newest page: older pages' tokens are replaced
    joined_at REAL NOT NULL
  );

  CREATE TABLE matches (
    id TEXT PRIMARY KEY,
    game TEXT NOT NULL,
    environment_sha256 TEXT NOT NULL,
    seed INTEGER NOT NULL,
    settings TEXT NOT NULL,            -- JSON, contract GameSettings
    started_at REAL NOT NULL,
    ended_at REAL,
    relayed_inputs INTEGER NOT NULL DEFAULT 0
  );

  CREATE TABLE seats (
    match_id TEXT NOT NULL REFERENCES matches (id),
    player INTEGER NOT NULL,
    agent TEXT NOT NULL,
    participant TEXT NOT NULL REFERENCES participants (id),
    departure_order INTEGER,           -- null: did not leave before its end
    departed_at REAL,
    finished_at REAL,
    outcome TEXT,
    outcome_by TEXT,
    outcome_reason TEXT,
    altered_chunks INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (match_id, player)
  ) WITHOUT ROWID;
  CREATE INDEX seats_by_participant ON seats (participant, match_id);

  CREATE TABLE chunks (
    match_id TEXT NOT NULL,
    player INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (match_id, episode, player, seq),
    FOREIGN KEY (match_id, player) REFERENCES seats (match_id, player)
  );

  CREATE TABLE episodes (              -- one peer's whole copy of one episode
    match_id TEXT NOT NULL,
    episode INTEGER NOT NULL,
    player INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    n_chunks INTEGER NOT NULL,
    n_frames INTEGER NOT NULL,
    sha256 TEXT NOT NULL,              -- of the stored bytes, by the server
    after_departure INTEGER NOT NULL,  -- 1: came when the seat had already left
    done_at REAL NOT NULL,
    PRIMARY KEY (match_id, episode, player),
    FOREIGN KEY (match_id, player) REFERENCES seats (match_id, player)
  ) WITHOUT ROWID;

  CREATE TABLE local_records (
    match_id TEXT NOT NULL,
    player INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (match_id, player, seq),
    FOREIGN KEY (match_id, player) REFERENCES seats (match_id, player)
  );

  CREATE TABLE link_changes (
    id INTEGER PRIMARY KEY,
    match_id TEXT NOT NULL,
    player INTEGER NOT NULL,
    other INTEGER NOT NULL,
    link_type TEXT NOT NULL,
    at REAL NOT NULL
  );
  CREATE INDEX link_changes_by_match ON link_changes (match_id, player);

  CREATE TABLE events (                -- the match log
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    match_id TEXT,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL               -- JSON
  );
  CREATE INDEX events_by_match ON events (match_id);
  `,
  // 1: the match ended for that peer before the episode did.
  `ALTER TABLE episodes ADD COLUMN broken_off INTEGER NOT NULL DEFAULT 0;`,
  // Frames that this peer knew every other to have: of earlier copies all of them.
  `ALTER TABLE episodes ADD COLUMN n_agreed INTEGER NOT NULL DEFAULT 0;
   UPDATE episodes SET n_agreed = n_frames;`,
];
