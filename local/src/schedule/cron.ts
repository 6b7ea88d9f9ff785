/** Cron with EventBridge's six fields, in UTC: minutes, hours, day of month, month, day of week (1 = Sunday), year. */
import type { NextTime } from './expression.ts';
import { InvalidScheduleError } from './invalid-schedule-error.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTE = 60_000;
const DAY = 86_400_000;
const LAST_YEAR = 2199;

type Field = (value: number) => boolean;

/** @throws InvalidScheduleError with the whole `expression`, for fields out of range or of an unknown form. */
export function parseCron(fields: string, expression: string): NextTime {
  const texts = fields.trim().split(/\s+/);
  if (texts.length !== 6) throw new InvalidScheduleError(expression, 'cron takes six fields');
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = ''] = texts;
  if ((days === '?') === (weekdays === '?')) {
    throw new InvalidScheduleError(expression, 'exactly one of day of month and day of week must be ?');
  }
  const field = (text: string, least: number, most: number, names: string[] = []) =>
    parseField(text, { least, most, names, expression });
  const minute = field(minutes, 0, 59);
  const hour = field(hours, 0, 23);
  const month = field(months, 1, 12, MONTHS);
  const year = field(years, 1970, LAST_YEAR);
  const day = field(days, 1, 31);
  const weekday = field(weekdays, 1, 7, WEEKDAYS);
  const dayMatches = (date: Date) =>
    year(date.getUTCFullYear()) &&
    month(date.getUTCMonth() + 1) &&
    day(date.getUTCDate()) &&
    weekday(date.getUTCDay() + 1);
  return (previous) => nextTime(previous, { dayMatches, hour, minute });
}

interface Matchers {
  dayMatches: (date: Date) => boolean;
  hour: Field;
  minute: Field;
}

/** Goes by days until one matches, then by minutes within it. */
function nextTime(previous: number, { dayMatches, hour, minute }: Matchers): number | undefined {
  let time = Math.floor(previous / MINUTE) * MINUTE + MINUTE;
  while (new Date(time).getUTCFullYear() <= LAST_YEAR) {
    const date = new Date(time);
    if (!dayMatches(date)) time = (Math.floor(time / DAY) + 1) * DAY;
    else if (hour(date.getUTCHours()) && minute(date.getUTCMinutes())) return time;
    else time += MINUTE;
  }
  return undefined;
}

interface FieldRules {
  least: number;
  most: number;
  names: string[];
  expression: string;
}

/** `*`, `?`, `5`, `MON`, `1-5`, `0/15`, and lists of them. */
function parseField(text: string, rules: FieldRules): Field {
  if (text === '*' || text === '?') return () => true;
  const parts = text.split(',').map((part) => parsePart(part, rules));
  return (value) => parts.some((matches) => matches(value));
}

function parsePart(part: string, rules: FieldRules): Field {
  const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  const [from = '', to] = range.split('-');
  const everything = range === '*';
  const first = everything ? rules.least : number(from, rules);
  const last = to !== undefined ? number(to, rules) : everything || step !== undefined ? rules.most : first;
  const stride = step === undefined ? 1 : Number(step);
  if (stride < 1 || last < first) throw new InvalidScheduleError(rules.expression, `"${part}" is not a range`);
  return (value) => value >= first && value <= last && (value - first) % stride === 0;
}

function number(text: string, { least, most, names, expression }: FieldRules): number {
  const named = names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidScheduleError(expression, `"${text}" is not a number from ${least} to ${most}`);
}
