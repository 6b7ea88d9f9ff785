import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { z } from 'zod';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** The committed document: what partners read is what answers are checked against. */
const document = JSON.parse(readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'));

/** Fails unless the document has this answer for this route: the status, the type, every field, and no other. */
export function checkAnswer(routeKey: string, status: number, contentType: string, body: unknown): void {
  const [method = '', path = ''] = routeKey.split(' ');
  const answer = document.paths[path]?.[method.toLowerCase()]?.responses[String(status)];
  expect(answer, `docs/openapi.json has no ${status} for ${routeKey}: ${JSON.stringify(body)}`).toBeDefined();
  const schema = answer.content[contentType]?.schema;
  expect(schema, `docs/openapi.json has no ${contentType} for ${status} of ${routeKey}`).toBeDefined();
  const result = z.fromJSONSchema(closed(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(body); // it is one
  expect(result.error?.issues ?? [], `${status} of ${routeKey}: ${JSON.stringify(body)}`).toEqual([]);
}

/** References filled in; objects closed, so that a field that nobody has written down is found. Problems stay open. */
function closed(schema: Json, isOpen = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => closed(item, isOpen));
  if (typeof schema !== 'object' || schema === null) return schema;
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return closed(document.components.schemas[name], isOpen);
  }
  if (Array.isArray(schema.allOf)) return { allOf: closed(schema.allOf, true) };
  const inner: JsonObject = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, closed(value, isOpen)]),
  );
  const close = !isOpen && schema.type === 'object' && schema.additionalProperties === undefined;
  return close ? { ...inner, additionalProperties: false } : inner;
}
