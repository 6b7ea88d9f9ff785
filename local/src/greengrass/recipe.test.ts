import { describe, expect, it } from 'vitest';
import { manifestFor, Recipe } from './recipe.ts';

const manifest = (name: string, Platform: Record<string, string>) => ({
  Platform: { os: 'linux', runtime: '*', ...Platform },
  Lifecycle: { run: name },
});
const recipe = Recipe.parse({
  RecipeFormatVersion: '2020-01-25',
  ComponentName: 'dropforge.model.flowers',
  ComponentVersion: '1.0.0',
  Manifests: [
    manifest('pc', { architecture: 'amd64' }),
    manifest('board', { architecture: 'arm', 'architecture.detail': 'armv7l' }),
  ],
});

describe('a manifest', () => {
  it.each([
    ['x86_64', 'pc'],
    ['armv7l', 'board'],
    // The accelerator lies beside the processor, which is all that Greengrass knows of.
    ['fpga', 'board'],
    ['aarch64', undefined],
  ] as const)('for %s is that of its processor', (architecture, name) => {
    expect(manifestFor(recipe, architecture)?.Lifecycle.run).toBe(name);
  });
});
