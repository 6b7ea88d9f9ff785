/** `rate(…)` and `cron(…)` of EventBridge. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
import { parseCron } from './cron.ts';
import { InvalidScheduleError } from './invalid-schedule-error.ts';

/** Gives the next time after `previous`; both are milliseconds since 1970. Undefined when there is none. */
export type NextTime = (previous: number) => number | undefined;

const MILLISECONDS = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/** @throws InvalidScheduleError for what EventBridge would refuse, or for cron's L, W and #, which are not known here. */
export function parseSchedule(expression: string): NextTime {
  const [, kind, inner = ''] = /^\s*(rate|cron)\((.*)\)\s*$/.exec(expression) ?? [];
  if (kind === 'cron') return parseCron(inner, expression);
  const [, digits = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(inner) ?? [];
  const milliseconds = MILLISECONDS.get(unit);
  const count = Number(digits);
  if (kind === undefined || milliseconds === undefined || count < 1 || (count === 1) !== (plural === '')) {
    throw new InvalidScheduleError(expression, 'expected rate(1 minute), rate(5 minutes) or cron(0 12 * * ? *)');
  }
  return (previous) => previous + count * milliseconds;
}
