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
  readonly kind: 'event' | 'external' | 'schedule' | 'route' | 'topic';
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
  if (type === 'iot') return { kind: 'topic', hears: [(value as { sql: string }).sql] };
  const pattern = (value as { pattern: Record<string, string[]> }).pattern;
  const types = pattern['detail-type'] ?? [...eventNames];
  const named = pattern.source?.every((source) => typeof source === 'string') ? { sources: pattern.source } : {};
  return { kind: types.every((name) => eventNames.has(name)) ? 'event' : 'external', hears: types, ...named };
}
