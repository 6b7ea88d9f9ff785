import { events } from '@dropforge/events';
import { z } from 'zod';

/** The JSON Schema of every event's `detail`, by path: read by Python, by partners and by the schema registry. */
export function eventSchemas(): Map<string, string> {
  return new Map(
    events.map((contract) => {
      const { $schema: _, ...data } = z.toJSONSchema(contract.data, { io: 'output', unrepresentable: 'any' });
      const schema = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `https://dropforge.dev/events/${contract.name}/${contract.version}`,
        title: contract.name,
        description: contract.summary,
        type: 'object',
        required: ['version', 'eventId', 'occurredAt', 'data'],
        properties: {
          version: { const: contract.version },
          eventId: { type: 'string', description: 'The same for every delivery of the same fact: deduplicate by it.' },
          occurredAt: { type: 'string', format: 'date-time' },
          data,
        },
        examples: [
          {
            version: contract.version,
            eventId: exampleId(contract.name),
            occurredAt: '2026-11-22T12:00:00.000Z',
            data: contract.example,
          },
        ],
      };
      return [`events/schemas/${contract.name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`];
    }),
  );
}

const exampleId = (name: string) => `run-mzxw6ytboi2gk3tdmfza.t1.${name}`;
