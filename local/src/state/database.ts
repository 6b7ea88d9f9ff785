/** The embedded cloud's own state: one SQLite file for what must survive a kill at any moment. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Database = DatabaseSync;

/** Opens `<directory>/state.sqlite`; every commit is on the disk before it returns. */
export function openDatabase(directory: string): Database {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(path.join(directory, 'state.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  return database;
}

/** Runs all of it or nothing. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
