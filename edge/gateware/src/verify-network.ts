/** A whole network on the simulated engine, beside the reference executor. */
import { type ArraySize, hostWords, lowerModel, packPixels, unpackLevels } from '@dropforge/convert/fpga';
import { type IntegerModel, runReference, type Tensor } from '@dropforge/quantized-inference';
import { randomPixels } from '@dropforge/quantized-inference/testing';
import { type Answer, Simulation } from './simulation.ts';

export interface NetworkComparison {
  readonly images: number;
  /** Levels that differ, and images or networks that were answered with an error. */
  readonly mismatches: number;
  /** First layer with a difference, or what was answered. */
  readonly firstDifference: string | null;
  readonly cyclesPerImage: number;
  /** What the compiler said beforehand. */
  readonly estimatedCycles: number;
}

/** `images`: NHWC bytes each. Throws FpgaRefusal for a model that the array cannot run. */
export function verifyNetwork(
  model: IntegerModel,
  array: ArraySize,
  images: readonly Uint8Array[],
  simulation = new Simulation(array),
): NetworkComparison {
  const comparison = compareOn(simulation, model, array, images);
  simulation.finish();
  return comparison();
}

/** Adds a network and its images to a session. What they showed can be asked for when the session is over. */
export function compareOn(
  simulation: Simulation,
  model: IntegerModel,
  array: ArraySize,
  images: readonly Uint8Array[],
): Answer<NetworkComparison> {
  const network = lowerModel(model, array);
  const loaded = simulation.load(network.image);
  // The buffers hold the outputs of the last two passes: the last one is the result, the other tells where it went wrong.
  const kept = network.passes.slice(-2);
  const runs = images.map((image) => ({
    image,
    run: simulation.run(packPixels(image, model.input.channels)),
    kept: kept.map((pass) => ({ ...pass, words: simulation.readLevels(pass.buffer, hostWords(pass.written, array)) })),
  }));
  return () => {
    const faults: { where: string; count: number }[] = [];
    if (loaded() !== 0) faults.push({ where: `load: error ${loaded()}`, count: 1 });
    for (const { image, run, kept } of runs) {
      const expected = layerOutputs(model, image);
      if (run().code !== 0) faults.push({ where: `run: error ${run().code}`, count: 1 });
      for (const { name, written, words } of kept) {
        const count = differences(unpackLevels(words(), written, array), expected.get(name));
        if (count > 0) faults.push({ where: name, count });
      }
    }
    return {
      images: images.length,
      mismatches: faults.reduce((sum, { count }) => sum + count, 0),
      firstDifference: faults[0]?.where ?? null,
      cyclesPerImage: Math.max(0, ...runs.map(({ run }) => run().cycles)),
      estimatedCycles: network.cycles,
    };
  };
}

export interface Pauses {
  /** Percent of the cycles in which the bus hesitates, and in which no work may be issued. */
  readonly busPercent: number;
  readonly issuePercent: number;
  readonly seed: number;
}

/** Runs a model as far as each of its passes, so that the output of every one is read, on two images each. */
export function verifyPasses(model: IntegerModel, array: ArraySize, pauses: Pauses): NetworkComparison[] {
  const simulation = new Simulation(array);
  simulation.pauses(pauses.busPercent, pauses.issuePercent, pauses.seed);
  const images = [1, 2].map((image) => randomPixels(model.input, 1, pauses.seed + image));
  const comparisons = lowerModel(model, array).passes.map(({ name }) => {
    const end = model.layers.findIndex((layer) => layer.name === name);
    return compareOn(simulation, { ...model, layers: model.layers.slice(0, end + 1) }, array, images);
  });
  simulation.finish();
  return comparisons.map((comparison) => comparison());
}

/** Levels by layer. The head of a model that is cut short is missing, which the reference says after the last layer. */
function layerOutputs(model: IntegerModel, image: Uint8Array): ReadonlyMap<string, Tensor> {
  const outputs = new Map<string, Tensor>();
  const onLayer = (name: string, output: Tensor) => outputs.set(name, output);
  try {
    runReference(model, image, { onLayer });
  } catch (error) {
    if (model.layers.at(-1)?.op === 'head') throw error;
  }
  return outputs;
}

function differences(levels: Uint8Array, expected: Tensor | undefined): number {
  if (expected === undefined || expected.values.length !== levels.length) return levels.length;
  return levels.reduce((count, level, index) => count + Number(level !== expected.values[index]), 0);
}
