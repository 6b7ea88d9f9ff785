/** The tasks that move messages from a dead-letter queue, kept in the state database so that a restart goes on with them. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { QueueDescription } from '../serverless-file/description.ts';
import type { Database } from '../state/database.ts';
import type { Queues } from './queues.ts';

export interface MoveTask {
  readonly handle: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly sourceArn: string;
  /** undefined: each message goes back to the queue that gave it up. */
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
  readonly moved: number;
  readonly toMove: number;
  readonly failure: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface MoveTasks {
  start(task: Pick<MoveTask, 'sourceArn' | 'destinationArn' | 'perSecond'>): string;
  /** Newest first. */
  list(sourceArn: string): MoveTask[];
  /** Gives how many were moved until then; undefined: no such task runs. */
  cancel(handle: string): number | undefined;
  /** Moves nothing more; what is left is moved after the next start. */
  stop(): void;
}

export interface MoveTasksOptions {
  readonly database: Database;
  readonly queues: Queues;
  readonly descriptions: readonly QueueDescription[];
  readonly clock: Clock;
}

const perSecondByDefault = 500;

export function openMoveTasks({ database, queues, descriptions, clock }: MoveTasksOptions): MoveTasks {
  database.exec(`CREATE TABLE IF NOT EXISTS message_move_tasks (
    handle TEXT PRIMARY KEY, status TEXT NOT NULL, source_arn TEXT NOT NULL, destination_arn TEXT, per_second INTEGER,
    moved INTEGER NOT NULL, to_move INTEGER NOT NULL, failure TEXT, started_at INTEGER NOT NULL) STRICT`);
  const insert = database.prepare(`INSERT INTO message_move_tasks
    VALUES (?, 'RUNNING', ?, ?, ?, 0, ?, NULL, ?)`);
  const select = database.prepare('SELECT * FROM message_move_tasks WHERE handle = ?');
  const bySource = database.prepare(
    'SELECT * FROM message_move_tasks WHERE source_arn = ? ORDER BY started_at DESC, rowid DESC',
  );
  const running = database.prepare("SELECT * FROM message_move_tasks WHERE status = 'RUNNING'");
  const update = database.prepare('UPDATE message_move_tasks SET status = ?, moved = ?, failure = ? WHERE handle = ?');
  const timers = new Map<string, () => void>();
  const nameOf = (arn: string | undefined) => descriptions.find((queue) => queue.arn === arn)?.name;

  /** Moves as many as a second allows; those that come while the task runs are not its business. */
  function tick(handle: string): void {
    const task = read(handle);
    const source = nameOf(task?.sourceArn);
    if (task?.status !== 'RUNNING' || source === undefined) return;
    const now = clock.now();
    const most = Math.min(task.perSecond ?? perSecondByDefault, task.toMove - task.moved);
    let { moved } = task;
    for (const message of queues.list(source, most)) {
      const destination = nameOf(task.destinationArn ?? message.sourceArn);
      if (destination === undefined) {
        update.run('FAILED', moved, 'CouldNotDetermineMessageSource', handle);
        return;
      }
      queues.move(message, destination, now);
      moved++;
    }
    const done = moved >= task.toMove || queues.count(source) === 0;
    update.run(done ? 'COMPLETED' : 'RUNNING', moved, null, handle);
    if (!done)
      timers.set(
        handle,
        clock.after(1_000, () => tick(handle)),
      );
  }

  function read(handle: string): MoveTask | undefined {
    const row = select.get(handle);
    return row && fromRow(row);
  }

  for (const row of running.all())
    timers.set(
      String(row.handle),
      clock.after(0, () => tick(String(row.handle))),
    );
  return {
    start({ sourceArn, destinationArn, perSecond }) {
      const handle = randomUUID();
      const toMove = queues.count(nameOf(sourceArn) ?? '');
      insert.run(handle, sourceArn, destinationArn ?? null, perSecond ?? null, toMove, clock.now());
      tick(handle);
      return handle;
    },
    list: (sourceArn) => bySource.all(sourceArn).map(fromRow),
    cancel(handle) {
      const task = read(handle);
      if (task?.status !== 'RUNNING') return undefined;
      timers.get(handle)?.();
      update.run('CANCELLED', task.moved, null, handle);
      return task.moved;
    },
    stop() {
      for (const cancel of timers.values()) cancel();
    },
  };
}

function fromRow(row: Record<string, unknown>): MoveTask {
  return {
    handle: String(row.handle),
    status: row.status as MoveTask['status'], // nothing else writes it
    sourceArn: String(row.source_arn),
    destinationArn: row.destination_arn === null ? undefined : String(row.destination_arn),
    perSecond: row.per_second === null ? undefined : Number(row.per_second),
    moved: Number(row.moved),
    toMove: Number(row.to_move),
    failure: row.failure === null ? undefined : String(row.failure),
    startedAt: Number(row.started_at),
  };
}
