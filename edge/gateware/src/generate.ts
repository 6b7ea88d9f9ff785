import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generated-files.ts';
import type { Report } from './report.ts';
import { root } from './sources.ts';

/** Writes the generated files. */
export function generate(): Report {
  const files = generatedFiles();
  for (const [name, text] of files) writeFileSync(join(root, 'generated', name), text);
  return { json: [...files.keys()], failed: false };
}
