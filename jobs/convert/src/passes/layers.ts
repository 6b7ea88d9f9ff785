import type { Layer } from '@dropforge/quantized-inference';
import type { LayerList } from './rule.ts';

const MAXIMUM_NAME_LENGTH = 64;

/** Collects layers. A name keeps its letters, digits, hyphens and underscores; a second use gets a number. */
export function createLayerList(layers: Layer[]): LayerList {
  const taken = new Set<string>();
  const uniqueName = (wanted: string): string => {
    const safe = wanted
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^[_-]+|[_-]+$/g, '')
      .slice(0, MAXIMUM_NAME_LENGTH - 8);
    const base = safe || 'layer';
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    return name;
  };
  return { push: (layer) => layers.push(layer), uniqueName };
}
