/** The sink's messages, kept like everything else of the embedded cloud. */
import type { Database } from '../state/database.ts';

export interface SlackMessage {
  /** Slack's id: seconds and a counter, unique in its channel. */
  readonly ts: string;
  readonly text: string;
  /** Block Kit blocks. */
  readonly blocks: unknown;
  /** How often it was edited. */
  readonly edits: number;
}

export interface MessageStore {
  add(message: { text: string; blocks: string }): string;
  /** False when there is no such message. */
  replace(ts: string, message: { text: string; blocks: string }): boolean;
  /** Newest first. */
  list(): SlackMessage[];
}

export function openMessageStore(database: Database): MessageStore {
  database.exec(
    'CREATE TABLE IF NOT EXISTS slack_messages (id INTEGER PRIMARY KEY, ts TEXT UNIQUE, text TEXT, blocks TEXT, edits INTEGER)',
  );
  const insert = database.prepare('INSERT INTO slack_messages (text, blocks, edits) VALUES (?, ?, 0) RETURNING id');
  const name = database.prepare('UPDATE slack_messages SET ts = ? WHERE id = ?');
  const update = database.prepare('UPDATE slack_messages SET text = ?, blocks = ?, edits = edits + 1 WHERE ts = ?');
  const select = database.prepare('SELECT ts, text, blocks, edits FROM slack_messages ORDER BY id DESC LIMIT 200');
  return {
    add({ text, blocks }) {
      const id = Number(insert.get(text, blocks)?.id);
      const ts = `${Math.floor(Date.now() / 1000)}.${String(id).padStart(6, '0')}`;
      name.run(ts, id);
      return ts;
    },
    replace: (ts, { text, blocks }) => update.run(text, blocks, ts).changes === 1,
    list: () =>
      select.all().map((row) => ({
        ts: String(row.ts),
        text: String(row.text),
        blocks: JSON.parse(String(row.blocks)),
        edits: Number(row.edits),
      })),
  };
}
