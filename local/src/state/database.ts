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

/** Adds the columns that a table of an earlier version does not have yet; `columns`: name → SQL type. */
export function addColumns(database: Database, table: string, columns: Readonly<Record<string, string>>): void {
  const known = new Set(
    database
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map(({ name }) => name),
  );
  for (const [name, type] of Object.entries(columns)) {
    if (!known.has(name)) database.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
  }
}
