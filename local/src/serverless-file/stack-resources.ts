/** The resources of the stack as they are written, their variables left alone until somebody reads them. */
import type { StackResource } from './resource-references.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { asRecord } from './values.ts';
import type { ResolveVariables } from './variables.ts';

/** `resources:` is a template, or a list of templates. */
export function stackResources(value: unknown, variables: ResolveVariables): Map<string, StackResource> {
  const resources = new Map<string, StackResource>();
  const templates = Array.isArray(value) ? value : [value ?? {}];
  for (const template of templates) {
    // A template may be a whole `${file(…)}`; its own variables stay until somebody asks for the resource.
    const record = asRecord(typeof template === 'string' ? variables(template, 'resources') : template, 'resources');
    const section = typeof record.Resources === 'string' ? variables(record.Resources, 'resources') : record.Resources;
    for (const [logicalId, definition] of Object.entries(asRecord(section ?? {}, 'resources.Resources'))) {
      const place = `resources.${logicalId}`;
      const { Type: type, Properties: properties } = asRecord(
        typeof definition === 'string' ? variables(definition, place) : definition,
        place,
      );
      if (typeof type !== 'string') throw new ServerlessFileError('VALUE_INVALID', place, 'has no Type');
      resources.set(logicalId, {
        type,
        properties: lazily(asRecord(properties ?? {}, place), place, variables),
        place,
      });
    }
  }
  return resources;
}

/** Each property resolves its variables when it is read. */
function lazily(
  properties: Record<string, unknown>,
  place: string,
  variables: ResolveVariables,
): Record<string, unknown> {
  const lazy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(lazy, name, { enumerable: true, get: () => variables(value, `${place}.${name}`) });
  }
  return lazy;
}
