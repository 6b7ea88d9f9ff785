import { events } from '@dropforge/events';
import { z } from 'zod';

/**
 * The schemas of EventBridge's registry as CloudFormation resources: the whole event as it lies on the bus, named as
 * EventBridge names what it discovers, `<source>@<detail-type>`. The registry takes JSON Schema of draft 4 only.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema-create.html
 */
export function eventRegistry(): Map<string, string> {
  const resources = Object.fromEntries(
    events.map(({ name, version, publisher, summary, data }) => {
      const source = `dropforge.${publisher}`;
      const content = JSON.stringify(eventSchema({ source, name, version, summary, data }));
      if (content.length > mostCharacters) throw new Error(`The schema of ${name} has ${content.length} characters.`);
      return [
        logicalId(name),
        {
          Type: 'AWS::EventSchemas::Schema',
          Properties: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholder
            RegistryName: { 'Fn::Sub': '${EventRegistry.RegistryName}' },
            SchemaName: `${source}@${name}`,
            Description: summary.slice(0, 256),
            Type: 'JSONSchemaDraft4',
            Content: content,
          },
        },
      ];
    }),
  );
  return new Map([['infrastructure/event-schemas.json', `${JSON.stringify({ Resources: resources }, null, 2)}\n`]]);
}

/** https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html */
const mostCharacters = 100_000;

interface Contract {
  readonly source: string;
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly data: z.ZodType;
}

function eventSchema({ source, name, version, summary, data }: Contract) {
  const { $schema: _, ...detail } = z.toJSONSchema(data, { target: 'draft-4', io: 'output', unrepresentable: 'any' });
  const text = { type: 'string' };
  return {
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: name,
    description: summary,
    type: 'object',
    required: ['source', 'detail-type', 'detail'],
    properties: {
      id: text,
      source: { enum: [source] },
      'detail-type': { enum: [name] },
      time: { type: 'string', format: 'date-time' },
      detail: {
        type: 'object',
        required: ['version', 'eventId', 'occurredAt', 'data'],
        properties: {
          version: { enum: [version] },
          eventId: text,
          occurredAt: { type: 'string', format: 'date-time' },
          data: detail,
        },
      },
    },
  };
}

/** `dataset.validated` → `DatasetValidatedSchema`. */
function logicalId(name: string): string {
  const words = name.split(/[.-]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join('')}Schema`;
}
