import { writeFile } from 'node:fs/promises';
import { recipeJsonSchema } from './schema.ts';

/** Where the generated JSON Schema lies, for editors and for other programs. */
export const SCHEMA_FILE = new URL('../schemas/recipe.schema.json', import.meta.url);

export function schemaText(): string {
  return `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`;
}

if (import.meta.main ?? process.argv[1]?.endsWith('generate-schema.ts')) await writeFile(SCHEMA_FILE, schemaText());
