import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { MIGRATIONS } from './migrations.ts';

export type Database = Sqlite.Database;

/** The database was written by a newer Cotrial than this one: use that one, or another file. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';
}

/**
 * Opens the study's database, makes it where there is none, and brings its layout up to date.
 *
 * Write-ahead log with `synchronous = FULL`: what was acknowledged survives the death of the process
 * and a power cut. It costs one flush to disk a chunk, about one a second and participant.
 */
export function openDatabase(file: string): Database {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  const database = new Sqlite(file);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('busy_timeout = 5000');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A second connection that sees the database as it is at its first query and blocks nobody. */
export function openSnapshot(file: string): Database {
  const database = new Sqlite(file, { readonly: true, fileMustExist: true });
  database.exec('BEGIN');
  return database;
}

function migrate(database: Database): void {
  const upgrade = database.transaction(() => {
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version > MIGRATIONS.length) {
      throw new DatabaseTooNewError(
        `The database ${database.name} has layout ${version}, this version of Cotrial knows up to ` +
          `${MIGRATIONS.length}: update Cotrial or set COTRIAL_DATA to another file.`,
      );
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  upgrade.immediate();
}
