/** Things and thing groups, in the embedded cloud's SQLite file. */
import type { Database } from '../state/database.ts';

export interface Registry {
  createThing(name: string): void;
  createGroup(name: string): void;
  hasThing(name: string): boolean;
  hasGroup(name: string): boolean;
  add(group: string, thing: string): void;
  remove(group: string, thing: string): void;
  things(): string[];
  thingsIn(group: string): string[];
  groupsOf(thing: string): string[];
}

export function openRegistry(database: Database): Registry {
  database.exec(`
    CREATE TABLE IF NOT EXISTS iot_things (name TEXT PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS iot_groups (name TEXT PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS iot_members (groupName TEXT, thing TEXT, PRIMARY KEY (groupName, thing)) STRICT;
  `);
  const run = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: string[]) => void statement.run(...values);
  };
  const names = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: string[]) => statement.all(...values).map(({ name }) => String(name));
  };
  const thing = names('SELECT name FROM iot_things WHERE name = ?');
  const group = names('SELECT name FROM iot_groups WHERE name = ?');
  return {
    createThing: run('INSERT OR IGNORE INTO iot_things VALUES (?)'),
    createGroup: run('INSERT OR IGNORE INTO iot_groups VALUES (?)'),
    hasThing: (name) => thing(name).length > 0,
    hasGroup: (name) => group(name).length > 0,
    add: run('INSERT OR IGNORE INTO iot_members VALUES (?, ?)'),
    remove: run('DELETE FROM iot_members WHERE groupName = ? AND thing = ?'),
    things: names('SELECT name FROM iot_things ORDER BY name'),
    thingsIn: names('SELECT thing AS name FROM iot_members WHERE groupName = ? ORDER BY thing'),
    groupsOf: names('SELECT groupName AS name FROM iot_members WHERE thing = ? ORDER BY groupName'),
  };
}
