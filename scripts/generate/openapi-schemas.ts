import {
  DeviceView,
  FileLink,
  ModelView,
  NewWebhook,
  ProblemDocument,
  type RouteContract,
  RunSummary,
  RunView,
  routes,
  WebhookView,
} from '@dropforge/api-contract';
import { z } from 'zod';

/** Every body and every answer under a name of its own; answers that are views share the view's. */
const named = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  ...{ RunSummary, RunView, FileLink, ModelView, DeviceView, WebhookView, NewWebhook },
  ...{ Problem: ProblemDocument, GatewayMessage: z.object({ message: z.string() }) },
}))
  named.add(schema, { id });
for (const [name, route] of Object.entries(routes as Record<string, RouteContract>)) {
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  if (route.body) named.add(route.body, { id: `${capital}Request` });
  if (!named.has(route.answer)) named.add(route.answer, { id: `${capital}Answer` });
}

const uri = (id: string) => `#/components/schemas/${id}`;

/** A reference to a schema of the contract. */
export function refTo(schema: z.ZodType): { $ref: string } {
  const { id } = named.get(schema) ?? {};
  if (!id) throw new Error('the schema is no body, answer or view of the contract');
  return { $ref: uri(id) };
}

/** What stands below `components.schemas`. */
export function componentSchemas(): Record<string, unknown> {
  const { schemas } = z.toJSONSchema(named, { uri, io: 'input', override });
  return Object.fromEntries(
    Object.entries(schemas)
      .map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [id, schema] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** One schema by itself. */
export function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', override });
}

/** Patterns are read by other languages too: not all of them know `\p`, and `format` says more than zod's own pattern. */
function override({ jsonSchema: schema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.pattern) schema.pattern = schema.pattern.replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f');
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}
