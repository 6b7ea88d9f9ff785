import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from './generated-files.ts';

describe('generated files', () => {
  it.each([...generatedFiles()].map(([path, text]) => ({ name: basename(path), path, text })))(
    '$name is what the converter says today',
    ({ path, text }) => {
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );
});
