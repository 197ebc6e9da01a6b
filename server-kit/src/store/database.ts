import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { connect } from './connection.ts';
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
  const database = connect(file, {});
  try {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA foreign_keys = ON');
    database.exec('PRAGMA busy_timeout = 5000');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Connections for snapshots that nobody uses now, by file. */
const idle = new Map<string, Database[]>();

/** A second connection that sees the database as it is at its first query and blocks nobody. */
export function openSnapshot(file: string): Database {
  const database = idle.get(file)?.pop() ?? connect(file, { readonly: true, fileMustExist: true });
  database.exec('BEGIN');
  return database;
}

export function releaseSnapshot(file: string, database: Database): void {
  database.exec('COMMIT');
  idle.set(file, [...(idle.get(file) ?? []), database]);
}

/** Closes the study's database and what was opened to read it. */
export function closeDatabase(file: string, database: Database): void {
  for (const snapshot of idle.get(file) ?? []) snapshot.close();
  idle.delete(file);
  database.close();
}

function migrate(database: Database): void {
  const upgrade = database.transaction(() => {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > MIGRATIONS.length) {
      throw new DatabaseTooNewError(
        `The database ${database.name} has layout ${version}, this version of Cotrial knows up to ` +
          `${MIGRATIONS.length}: update Cotrial or set COTRIAL_DATA to another file.`,
      );
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
  upgrade.immediate();
}
