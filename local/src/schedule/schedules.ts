/** Pulls the triggers that come with time. A schedule never overlaps itself: a tick that finds the last one running is left out. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { CloudDescription, ScheduleDescription } from '../serverless-file/description.ts';
import type { Database } from '../state/database.ts';
import { parseSchedule } from './expression.ts';

export interface SchedulesOptions {
  description: Pick<CloudDescription, 'functions' | 'accountId' | 'region'>;
  clock: Clock;
  /** Remembers when each schedule ran, so that one that fell due while the cloud was off runs at the start. */
  database: Database;
  /** Runs a function once; never rejects. The next tick is the retry. */
  invoke(target: string, payload: string): Promise<unknown>;
}

export interface Schedules {
  stop(): void;
}

/** @throws InvalidScheduleError before anything runs. */
export function startSchedules(options: SchedulesOptions): Schedules {
  const { clock, database, description } = options;
  database.exec('CREATE TABLE IF NOT EXISTS schedules (name TEXT PRIMARY KEY, last_run INTEGER NOT NULL) STRICT');
  const select = database.prepare('SELECT last_run FROM schedules WHERE name = ?');
  const save = database.prepare('INSERT OR REPLACE INTO schedules (name, last_run) VALUES (?, ?)');
  const enabled = description.functions.flatMap(({ key, schedules }) =>
    schedules
      .filter((schedule) => schedule.enabled)
      .map((schedule) => ({ key, schedule, next: parseSchedule(schedule.expression) })),
  );
  const cancels = enabled.map(({ key, schedule, next }) => {
    let running = false;
    let cancel = () => {};

    function wait(previous: number): void {
      const due = next(previous);
      if (due !== undefined) cancel = clock.after(due - clock.now(), tick);
    }

    function tick(): void {
      const now = clock.now();
      save.run(schedule.name, now);
      wait(now);
      if (running) return;
      running = true;
      void options
        .invoke(key, JSON.stringify(schedule.input ?? scheduledEvent(schedule, description, now)))
        .finally(() => {
          running = false;
        });
    }

    const last = select.get(schedule.name)?.last_run;
    if (last === undefined) save.run(schedule.name, clock.now());
    wait(last === undefined ? clock.now() : Number(last));
    return () => cancel();
  });
  return {
    stop() {
      for (const cancel of cancels) cancel();
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-eventbridge.html, "Scheduled Event" */
function scheduledEvent(
  schedule: ScheduleDescription,
  { accountId, region }: { accountId: string; region: string },
  now: number,
) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    region,
    resources: [schedule.arn],
    detail: {},
  };
}
