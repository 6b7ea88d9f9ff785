import type { AveragePoolLayer, ConvolutionLayer, Layer } from '@dropforge/quantized-inference';
import type { LayerList } from './rule.ts';

const MAXIMUM_NAME_LENGTH = 64;
/** A threshold that no accumulator reaches. */
const NEVER = 2 ** 31 - 1;

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
  const doubleLevels = (): void => {
    const index = layers.findLastIndex((layer) => 'thresholds' in layer);
    const layer = layers[index];
    if (layer !== undefined && 'thresholds' in layer) layers[index] = withDoubledLevels(layer);
  };
  return { push: (layer) => layers.push(layer), uniqueName, doubleLevels };
}

/** Each threshold twice, so that levels rise by two; the last one of each channel is never reached. */
function withDoubledLevels<L extends ConvolutionLayer | AveragePoolLayer>(layer: L): L {
  const count = 2 ** layer.activationBits - 1;
  const slots = 2 * count + 1;
  const thresholds = Int32Array.from({ length: (layer.thresholds.length / count) * slots }, (_, index) => {
    const [channel, slot] = [Math.floor(index / slots), index % slots];
    return slot === slots - 1 ? NEVER : (layer.thresholds[channel * count + (slot >> 1)] ?? NEVER);
  });
  return { ...layer, activationBits: layer.activationBits + 1, thresholds };
}
