import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from './generated-files.ts';
import { root } from './sources.ts';

describe('generated files', () => {
  it.each([...generatedFiles()])('%s is what the converter says today', (name, text) => {
    expect(readFileSync(join(root, 'generated', name), 'utf8')).toBe(text);
  });
});
