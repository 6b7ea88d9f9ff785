/** A whole network on the simulated engine, beside the reference executor. */
import { type ArraySize, hostWords, lowerModel, packPixels, unpackLevels } from '@dropforge/convert/fpga';
import { type IntegerModel, runReference, type Tensor } from '@dropforge/quantized-inference';
import { Simulation } from './simulation.ts';

export interface NetworkComparison {
  readonly images: number;
  /** Levels that differ, of all layers whose output is still there after a run, and runs that ended with an error. */
  readonly mismatches: number;
  /** First layer with a difference. */
  readonly firstDifference: string | null;
  readonly cyclesPerImage: number;
  /** What the compiler said beforehand. */
  readonly estimatedCycles: number;
}

export interface Pauses {
  readonly busPercent: number;
  readonly issuePercent: number;
  readonly seed: number;
}

/** `images`: NHWC bytes one after the other. Throws FpgaRefusal for a model that the array cannot run. */
export function verifyNetwork(
  model: IntegerModel,
  array: ArraySize,
  images: readonly Uint8Array[],
  pauses: Pauses = { busPercent: 0, issuePercent: 0, seed: 1 },
): NetworkComparison {
  const network = lowerModel(model, array);
  const simulation = new Simulation(array);
  simulation.pauses(pauses.busPercent, pauses.issuePercent, pauses.seed);
  const answers = [simulation.probe(), simulation.load(network.image)];
  // The buffers hold the outputs of the last two passes: the last one is the result, the other tells where it went wrong.
  const kept = network.passes.slice(-2);
  const runs = images.map((image) => ({
    image,
    run: simulation.run(packPixels(image, model.input.channels)),
    kept: kept.map((pass) => ({ ...pass, words: simulation.readLevels(pass.buffer, hostWords(pass.written, array)) })),
  }));
  simulation.finish();
  let mismatches = answers.filter((answer) => answer() !== 0).length;
  let firstDifference: string | null = mismatches > 0 ? 'load' : null;
  for (const { image, run, kept } of runs) {
    const expected = layerOutputs(model, image);
    if (run().code !== 0) mismatches++;
    for (const { name, written, words } of kept) {
      const wrong = differences(unpackLevels(words(), written, array), expected.get(name));
      if (wrong > 0) firstDifference ??= name;
      mismatches += wrong;
    }
  }
  return {
    images: images.length,
    mismatches,
    firstDifference,
    cyclesPerImage: Math.max(0, ...runs.map(({ run }) => run().cycles)),
    estimatedCycles: network.cycles,
  };
}

function layerOutputs(model: IntegerModel, image: Uint8Array): ReadonlyMap<string, Tensor> {
  const outputs = new Map<string, Tensor>();
  runReference(model, image, { onLayer: (name, output) => outputs.set(name, output) });
  return outputs;
}

function differences(levels: Uint8Array, expected: Tensor | undefined): number {
  if (expected === undefined || expected.values.length !== levels.length) return levels.length;
  return levels.reduce((count, level, index) => count + Number(level !== expected.values[index]), 0);
}
