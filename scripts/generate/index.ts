import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { events } from '@dropforge/events';
import { eventCatalogue } from './event-catalogue.ts';
import { eventRegistry } from './event-registry.ts';
import { eventSchemas } from './event-schemas.ts';
import { flowPage } from './flow.ts';
import { openApi } from './openapi.ts';
import { permissionsPage } from './permissions.ts';
import { serviceTriggers } from './service-triggers.ts';

/** Every file that is made from other files, by path below the root. */
export function generatedFiles(root: string): Map<string, string> {
  const triggers = serviceTriggers(root, new Set(events.map(({ name }) => name)));
  return new Map([
    ...eventSchemas(),
    ...eventRegistry(),
    ['docs/events.md', eventCatalogue(triggers)],
    ['docs/flow.md', flowPage(triggers)],
    ['docs/permissions.md', permissionsPage(root)],
    ['docs/openapi.json', openApi(versionOf(root))],
  ]);
}

function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version; // npm wants one
}

/** Writes what has changed and returns its paths. */
export function writeGeneratedFiles(root: string): string[] {
  const changed: string[] = [];
  for (const [path, text] of generatedFiles(root)) {
    if (readIfThere(join(root, path)) === text) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    changed.push(path);
  }
  return changed;
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
