import { events } from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { eventRegistry } from '../../scripts/generate/event-registry.ts';

const [text = ''] = eventRegistry().values();
const schemas = Object.values<{ Properties: Record<string, string> }>(JSON.parse(text).Resources).map(
  ({ Properties }) => Properties,
);

/** Keywords that came after draft 4. https://json-schema.org/understanding-json-schema/reference */
const later =
  /^(const|contains|propertyNames|if|then|else|\$defs|\$id|prefixItems|unevaluated\w+|dependent\w+|examples)$/;

describe('the schema registry', () => {
  it('has every event under the name that EventBridge gives what it discovers', () => {
    const names = events.map(({ publisher, name }) => `dropforge.${publisher}@${name}`);
    expect(schemas.map(({ SchemaName }) => SchemaName)).toEqual(names);
  });

  it.each(schemas.map((schema) => [schema.SchemaName, schema] as const))('takes %s', (_, { Type, Content = '' }) => {
    expect(Type).toBe('JSONSchemaDraft4');
    expect(Content.length).toBeLessThan(100_000);
    const faults = [...nodesOf(JSON.parse(Content))].flatMap(({ place, node }) => [
      ...Object.keys(node).filter((keyword) => later.test(keyword) && !place.endsWith('.properties')),
      ...(typeof node.exclusiveMinimum === 'number' || typeof node.exclusiveMaximum === 'number'
        ? [`${place} bound`]
        : []),
    ]);
    expect(faults).toEqual([]);
  });
});

/** Every object of a schema, with where it stands. */
function* nodesOf(value: unknown, place = ''): Generator<{ place: string; node: Record<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Record<string, unknown>; // an object's keys are texts
  if (!Array.isArray(value)) yield { place, node };
  for (const [name, child] of Object.entries(node)) yield* nodesOf(child, `${place}.${name}`);
}
