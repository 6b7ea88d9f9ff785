import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { generatedFiles } from './generated-files.ts';
import type { Report } from './report.ts';
import { root } from './sources.ts';

/** Writes the generated files. */
export function generate(): Report {
  const files = generatedFiles();
  for (const [path, text] of files) writeFileSync(path, text);
  return { json: [...files.keys()].map((path) => relative(root, path)), failed: false };
}
