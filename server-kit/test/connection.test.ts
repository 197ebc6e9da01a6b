import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect } from '../src/store/connection.ts';
import {
  closeDatabase,
  openDatabase,
  openSnapshot,
  releaseSnapshot,
} from '../src/store/database.ts';

it('makes one statement for a text, and one connection for snapshots that follow each other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cotrial-connection-'));
  const file = join(folder, 'study.sqlite');
  const database = openDatabase(file);
  const sql = 'SELECT COUNT(*) AS n FROM matches';
  expect(database.prepare(sql)).toBe(database.prepare(sql));
  const first = openSnapshot(file);
  const beside = openSnapshot(file);
  expect(beside).not.toBe(first);
  releaseSnapshot(file, first);
  expect(openSnapshot(file)).toBe(first);
  releaseSnapshot(file, first);
  releaseSnapshot(file, beside);
  closeDatabase(file, database);
  expect([database.open, first.open, beside.open]).toEqual([false, false, false]);
  rmSync(folder, { recursive: true });
});

it('sees in a snapshot only what was there when it began', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cotrial-connection-'));
  const file = join(folder, 'study.sqlite');
  const database = openDatabase(file);
  const other = connect(file, {});
  const count = () => openedSnapshot.prepare('SELECT COUNT(*) AS n FROM meta').get();
  const openedSnapshot = openSnapshot(file);
  const before = count();
  other.prepare(`INSERT INTO meta (key, value) VALUES ('later', x'00')`).run();
  expect(count()).toEqual(before);
  releaseSnapshot(file, openedSnapshot);
  const again = openSnapshot(file);
  expect(again.prepare('SELECT COUNT(*) AS n FROM meta').get()).not.toEqual(before);
  releaseSnapshot(file, again);
  other.close();
  closeDatabase(file, database);
  rmSync(folder, { recursive: true });
});
