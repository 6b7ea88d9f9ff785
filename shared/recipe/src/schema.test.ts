import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AUGMENTATION_NAMES, augmentation } from './augmentations.ts';
import { SCHEMA_FILE, schemaText } from './generate-schema.ts';
import { recipeSchema } from './schema.ts';
import { describeField } from './schema-hints.ts';

describe('the JSON Schema', () => {
  it('is current; `node shared/recipe/src/generate-schema.ts` writes it', async () => {
    expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(schemaText());
  });

  it('describes every field for editors', () => {
    for (const field of Object.keys(recipeSchema.shape)) expect(describeField([field]), field).not.toBe('');
  });

  it('refuses fields it does not know, at every level', () => {
    const schema = JSON.parse(schemaText());
    const objects: { additionalProperties?: unknown }[] = [];
    JSON.stringify(schema, (_key, value) => {
      if (value?.type === 'object') objects.push(value);
      return value;
    });
    expect(objects.length).toBeGreaterThan(20);
    for (const object of objects) expect(object.additionalProperties).toBe(false);
  });
});

describe('augmentation', () => {
  it('has one form for each name', () => {
    expect(augmentation.options.map(({ shape }) => shape.name.value)).toEqual(AUGMENTATION_NAMES);
  });
});
