/**
 * The index of all buckets: one SQLite file, because what a request changes (an object's version, its parts, the
 * notification it causes) must become visible in one step, and because keys compared as bytes are S3's listing order.
 */

import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export interface Database {
  /** All rows of a query. The caller's type names the columns that the statement selects. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Returns the row id of an insert. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Everything that `body` changes becomes visible and durable together, or, if it throws, not at all. */
  transaction<Result>(body: () => Result): Result;
  close(): void;
}

const SCHEMA = `
  create table if not exists buckets(
    name text primary key, created_ms integer not null, versioning text, event_bridge integer not null
  ) without rowid;
  -- One row for each version of each object. A blob compares byte by byte, which is the order S3 lists keys in.
  create table if not exists versions(
    sequence integer primary key autoincrement, bucket text not null, key blob not null, version text not null,
    latest integer not null, delete_marker integer not null, size integer not null, etag text not null,
    modified_ms integer not null, checksum text, headers text not null, tags text not null
  );
  create unique index if not exists version_by_id on versions(bucket, key, version);
  create index if not exists version_by_age on versions(bucket, key, sequence desc);
  create index if not exists current_objects on versions(bucket, key) where latest = 1 and delete_marker = 0;
  create table if not exists parts(
    sequence integer not null, number integer not null, blob text not null, size integer not null, checksum text,
    primary key(sequence, number)
  ) without rowid;
  create index if not exists part_by_blob on parts(blob);
  create table if not exists uploads(
    sequence integer primary key autoincrement, id text not null unique, bucket text not null, key blob not null,
    started_ms integer not null, checksum_algorithm text, checksum_type text, headers text not null, tags text not null
  );
  create index if not exists upload_by_key on uploads(bucket, key, sequence);
  create table if not exists upload_parts(
    upload integer not null, number integer not null, blob text not null, size integer not null, md5 text not null,
    checksum_algorithm text not null, checksum text not null, modified_ms integer not null,
    primary key(upload, number)
  ) without rowid;
  create index if not exists upload_part_by_blob on upload_parts(blob);
  create table if not exists outbox(id integer primary key autoincrement, event text not null);
`;

/**
 * Opens or creates the index in a folder. The folder belongs to one process at a time.
 * @throws {Error} naming the folder, if another process has it open.
 */
export function openDatabase(directory: string): Database {
  const connection = connect(join(directory, 'index.sqlite'));
  try {
    // Exclusive: a second process on the same folder would delete blobs that the first is about to refer to.
    connection.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    connection.exec(SCHEMA);
  } catch (cause) {
    connection.close();
    throw new Error(`S3_DIRECTORY_UNUSABLE: ${directory} cannot be opened. Is another process using it?`, { cause });
  }
  const statements = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as Row[], // rows have the columns that the statement selects
    get: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).get(...values) as Row | undefined, // as above
    run: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    transaction(body) {
      connection.exec('begin immediate');
      try {
        const result = body();
        connection.exec('commit');
        return result;
      } catch (error) {
        // A full disk makes SQLite roll back by itself; then there is nothing left to undo.
        if (connection.isTransaction) connection.exec('rollback');
        throw error;
      }
    },
    close: () => connection.close(),
  };
}

/** Loads node:sqlite without its warning: Node 22 calls it experimental, and the reader of a log can do nothing about it. */
function connect(path: string): DatabaseSync {
  const { emitWarning } = process;
  process.emitWarning = () => undefined; // nothing else can warn meanwhile: no step of this waits
  try {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    return new DatabaseSync(path);
  } finally {
    process.emitWarning = emitWarning;
  }
}
