import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** One trigger of one function: what it hears. */
export interface Trigger {
  readonly service: string;
  readonly function: string;
  /** Event names of ours, AWS's detail types, schedules, routes or topics. */
  readonly hears: readonly string[];
  /** Whose words count, where the pattern names them one by one. */
  readonly sources?: readonly string[];
  readonly kind: 'event' | 'external' | 'schedule' | 'route' | 'topic' | 'queue';
}

/** Reads the triggers from every `services/<name>/service.yml`: the wiring as it is deployed. */
export function serviceTriggers(root: string, eventNames: ReadonlySet<string>): Trigger[] {
  const services = readdirSync(`${root}/services`).sort();
  return services.flatMap((service) => {
    const { functions } = parse(readFileSync(`${root}/services/${service}/service.yml`, 'utf8'), {
      logLevel: 'silent',
    }) as ServiceFile; // our own file, checked by packaging
    return Object.entries(functions).flatMap(([name, { events = [] }]) =>
      events.map((trigger) => ({ service, function: name, ...describe(trigger, eventNames) })),
    );
  });
}

interface ServiceFile {
  functions: Record<string, { events?: Record<string, unknown>[] }>;
}

function describe(
  trigger: Record<string, unknown>,
  eventNames: ReadonlySet<string>,
): Pick<Trigger, 'hears' | 'kind' | 'sources'> {
  const [[type, value] = ['', undefined]] = Object.entries(trigger);
  if (type === 'schedule')
    return { kind: 'schedule', hears: [typeof value === 'string' ? value : String((value as { rate: unknown }).rate)] };
  if (type === 'httpApi') {
    const route =
      typeof value === 'string'
        ? value
        : `${(value as { method: string }).method.toUpperCase()} ${(value as { path: string }).path}`;
    return { kind: 'route', hears: [route] };
  }
  if (type === 'sqs') return { kind: 'queue', hears: [queueOf(value)] };
  if (type === 'iot') return { kind: 'topic', hears: [(value as { sql: string }).sql] };
  const { schedule, pattern = {} } = value as { schedule?: string; pattern?: Record<string, string[]> }; // as packaging accepts it
  if (schedule) return { kind: 'schedule', hears: [schedule] };
  const types = pattern['detail-type'] ?? [...eventNames];
  const named = pattern.source?.every((source) => typeof source === 'string') ? { sources: pattern.source } : {};
  return { kind: types.every((name) => eventNames.has(name)) ? 'event' : 'external', hears: types, ...named };
}

/** `!GetAtt Queue.Arn`, whose tag the reader drops, as the queue's own name. */
function queueOf(value: unknown): string {
  const arn = typeof value === 'string' ? value : (value as { arn: string }).arn; // as packaging accepts it
  return `queue ${arn.replace(/\.Arn$/, '')}`;
}
