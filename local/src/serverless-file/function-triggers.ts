/** The `events:` of a function: rules on buses, schedules, HTTP routes, IoT topic rules and queues. */
import type { FunctionDescription, RouteDescription, RuleDescription, ScheduleDescription } from './description.ts';
import { readRetryPolicy, ruleBounds } from './functions.ts';
import { readQueueTrigger } from './queue-trigger.ts';
import type { Reader } from './read-serverless-file.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { asRecord, asText } from './values.ts';

export type Triggers = Pick<FunctionDescription, 'rules' | 'schedules' | 'routes' | 'topicRules' | 'queues'>;

interface Owner {
  key: string;
  place: string;
  reader: Reader;
}

/** @throws ServerlessFileError UNSUPPORTED_TRIGGER for a kind of trigger that nothing here would ever pull. */
export function readTriggers(events: unknown, owner: Owner): Triggers {
  const triggers: Triggers = { rules: [], schedules: [], routes: [], topicRules: [], queues: [] };
  if (!Array.isArray(events)) throw new ServerlessFileError('VALUE_INVALID', `${owner.place}.events`, 'must be a list');
  events.forEach((event, index) => {
    const place = `${owner.place}.events[${index}]`;
    const [[kind, value] = ['', undefined]] = Object.entries(asRecord(event, place));
    const read = kinds.get(kind);
    if (read === undefined) {
      const known = [...kinds.keys()].join(', ');
      throw new ServerlessFileError(
        'UNSUPPORTED_TRIGGER',
        place,
        `"${kind}" is not started locally; known are ${known}`,
      );
    }
    read(owner.reader.resolve(value, `${place}.${kind}`), { ...owner, place: `${place}.${kind}` }, triggers, index + 1);
  });
  return triggers;
}

/** The framework's logical id of a function: `dataset-validator` → `DatasetDashvalidatorLambdaFunction`. */
export function functionLogicalId(key: string): string {
  const normalized = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return `${normalized.charAt(0).toUpperCase()}${normalized.slice(1)}LambdaFunction`;
}

type ReadTrigger = (value: unknown, owner: Owner, triggers: Triggers, number: number) => void;

const kinds = new Map<string, ReadTrigger>([
  ['eventBridge', readEventBridge],
  ['schedule', (value, owner, triggers, number) => triggers.schedules.push(...readSchedules(value, owner, number))],
  ['httpApi', (value, owner, triggers) => triggers.routes.push(readRoute(value, owner.place))],
  ['iot', (value, owner, triggers, number) => triggers.topicRules.push(readTopicRule(value, owner, number))],
  ['sqs', (value, owner, triggers) => triggers.queues.push(readQueueTrigger(value, owner.place))],
]);

/** A rule listens to a pattern or runs by the clock. */
function readEventBridge(value: unknown, owner: Owner, triggers: Triggers, number: number): void {
  const { schedule, pattern, enabled, input } = asRecord(value, owner.place);
  if (schedule === undefined) triggers.rules.push(readRule(value, owner, number));
  else if (pattern === undefined)
    triggers.schedules.push(...readSchedules({ rate: schedule, enabled, input }, owner, number));
  else
    throw new ServerlessFileError(
      'VALUE_INVALID',
      owner.place,
      'has both a schedule and a pattern; give each its own trigger',
    );
}

function readRule(value: unknown, { key, place, reader }: Owner, number: number): RuleDescription {
  const rule = asRecord(value, place);
  if (
    rule.schedule !== undefined ||
    rule.input !== undefined ||
    rule.inputPath !== undefined ||
    rule.inputTransformer
  ) {
    throw new ServerlessFileError(
      'UNSUPPORTED_TRIGGER',
      place,
      'only pattern, eventBus and delivery settings are known',
    );
  }
  const name = `${reader.service}-${reader.stage}-${key}-rule-${number}`;
  const bus = rule.eventBus === undefined ? 'default' : busName(asText(rule.eventBus, `${place}.eventBus`));
  const path = bus === 'default' ? name : `${bus}/${name}`;
  const deadLetters = rule.deadLetterQueueArn;
  return {
    name,
    arn: `arn:aws:events:${reader.region}:${reader.accountId}:rule/${path}`,
    bus,
    pattern: asRecord(rule.pattern, `${place}.pattern`),
    enabled: rule.enabled !== false && rule.state !== 'DISABLED',
    retryPolicy: readRetryPolicy(asRecord(rule.retryPolicy ?? {}, place), `${place}.retryPolicy`, ruleBounds),
    deadLetterQueue: deadLetters === undefined ? undefined : asText(deadLetters, place).split(':').pop(),
  };
}

/** A bus is given by name or by ARN (`…:event-bus/<name>`). */
function busName(text: string): string {
  return text.startsWith('arn:') ? text.slice(text.indexOf('/') + 1) : text;
}

function readSchedules(value: unknown, { key, place, reader }: Owner, number: number): ScheduleDescription[] {
  const schedule = typeof value === 'string' ? { rate: value } : asRecord(value, place);
  const rates = Array.isArray(schedule.rate) ? schedule.rate : [schedule.rate];
  return rates.map((rate, index) => {
    const name = `${reader.service}-${reader.stage}-${key}-schedule-${number}${index === 0 ? '' : `-${index + 1}`}`;
    return {
      name,
      arn: `arn:aws:events:${reader.region}:${reader.accountId}:rule/${name}`,
      expression: asText(rate, `${place}.rate`),
      enabled: schedule.enabled !== false,
      input: schedule.input,
    };
  });
}

function readRoute(value: unknown, place: string): RouteDescription {
  if (typeof value === 'string') {
    if (value === '*') return { method: 'ANY', path: '$default', authorized: false };
    const [method = '', path = ''] = value.trim().split(/\s+/);
    return { ...route(method, path, place), authorized: false };
  }
  const record = asRecord(value, place);
  const path = asText(record.path, `${place}.path`);
  const authorizer = readAuthorizer(record.authorizer, `${place}.authorizer`);
  return path === '*'
    ? { method: 'ANY', path: '$default', ...authorizer }
    : { ...route(asText(record.method, `${place}.method`), path, place), ...authorizer };
}

/** `{ type: aws_iam }`, or the name of one that `provider.httpApi.authorizers` declares. */
function readAuthorizer(value: unknown, place: string): Pick<RouteDescription, 'authorized' | 'jwt'> {
  if (value === undefined) return { authorized: false };
  const { name, scopes = [] } = typeof value === 'string' ? { name: value } : asRecord(value, place);
  if (name === undefined || name === 'aws_iam') return { authorized: true };
  return { authorized: true, jwt: { name: asText(name, place), scopes: [scopes].flat().map(String) } };
}

function route(method: string, path: string, place: string): Pick<RouteDescription, 'method' | 'path'> {
  const upper = method === '*' ? 'ANY' : method.toUpperCase();
  if (!/^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(upper) || !path.startsWith('/')) {
    throw new ServerlessFileError(
      'VALUE_INVALID',
      place,
      `"${method} ${path}" is not a route such as "GET /runs/{id}"`,
    );
  }
  return { method: upper, path };
}

function readTopicRule(value: unknown, { key, place, reader }: Owner, number: number) {
  const rule = asRecord(value, place);
  const name = `${reader.service}_${reader.stage}_${key}_${number}`.replaceAll('-', '_');
  return { name, sql: asText(rule.sql, `${place}.sql`), enabled: rule.enabled !== false };
}
