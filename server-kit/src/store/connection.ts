import Sqlite from 'better-sqlite3';

/**
 * Everything native that was made, so that none of it is ever garbage. From 24.19 on Node ends the
 * process when the collector finalises an object of better-sqlite3 12 (its ObjectWrap asks for an
 * environment that a collection outside of JavaScript does not have); better-sqlite3 13 has no such
 * objects but needs Node 22. What is kept is little: a few connections a server, and for each of
 * them one statement for every text of SQL in this package.
 */
const kept: unknown[] = [];

/** Opens a connection on which a statement is prepared once, however often it is asked for. */
export function connect(file: string, options: Sqlite.Options): Sqlite.Database {
  const connection = new Sqlite(file, options);
  const statements = new Map<string, Sqlite.Statement>();
  const prepare = connection.prepare.bind(connection) as (sql: string) => Sqlite.Statement;
  const prepareOnce = (sql: string): Sqlite.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  Object.assign(connection, { prepare: prepareOnce });
  kept.push(connection, statements);
  return connection;
}
