/** `npm run gateware -- verify [--model FILE]`: what takes too long for the tests that run on every change. */
import { readFileSync } from 'node:fs';
import { type ArrayName, type ArraySize, arraySizes } from '@dropforge/convert/fpga';
import { type IntegerModel, readModel } from '@dropforge/quantized-inference';
import { lmnetV1, randomPixels } from '@dropforge/quantized-inference/testing';
import { bench } from './bench.ts';
import { lintAll } from './lint.ts';
import type { Options } from './options.ts';
import { proveQuickly } from './prove.ts';
import type { Report } from './report.ts';
import { sweep } from './sweep.ts';
import { fitsIn, randomNetwork } from './testing/random-network.ts';
import { trainedNetwork } from './trained-network.ts';
import { verifyNetwork, verifyPasses } from './verify-network.ts';

/** The wide array simulates more slowly, and shares everything but its width with the narrow one. */
const campaigns: readonly { array: ArrayName; images: number }[] = [
  { array: '32x32', images: 100 },
  { array: '64x64', images: 10 },
];

/** The tests try the other small array. */
const RANDOM_ARRAY: ArrayName = '64x16';
const RANDOM_NETWORKS = 50;
/** On each array of the sweep. */
const SWEEP_NETWORKS = 20;

export function verify({ model: path }: Options): Report {
  lintAll();
  const model = path === undefined ? trainedOrRandom() : readModel(readFileSync(path));
  const { proofs, refused, of } = proveQuickly();
  const benches = bench();
  const random = verifyRandomNetworks(arraySizes[RANDOM_ARRAY], RANDOM_NETWORKS);
  const swept = sweep.map((array) => verifyRandomNetworks(array, SWEEP_NETWORKS));
  const arrays = campaigns.map(({ array, images }) => verifyWhole(model, array, images));
  const differs = [...arrays, random, ...swept].some(({ mismatches }) => mismatches > 0);
  const unproven = proofs.some(({ proven }) => !proven) || refused < of;
  return {
    json: { arrays, random, sweep: swept, proofs, refused, benches: benches.json },
    failed: differs || unproven || benches.failed,
  };
}

function trainedOrRandom(): IntegerModel {
  const startedAt = performance.now();
  const trained = trainedNetwork();
  if (trained) say(startedAt, 0, 'LmnetV1 is trained for what follows');
  else
    console.log(
      '– LmnetV1 has random weights in what follows: training needs python3-torch, python3-onnx, python3-pil.',
    );
  return trained ?? lmnetV1();
}

/** Every layer as the last one of a network, then the whole network, image after image. */
function verifyWhole(model: IntegerModel, array: ArrayName, images: number) {
  const startedAt = performance.now();
  const pixels = Array.from({ length: images }, (_, index) => randomPixels(model.input, 1, index + 1));
  const layers = verifyPasses(model, arraySizes[array], { busPercent: 0, issuePercent: 0, seed: 1 });
  const whole = verifyNetwork(model, arraySizes[array], pixels);
  const { cyclesPerImage } = whole;
  const mismatches = [...layers, whole].reduce((sum, comparison) => sum + comparison.mismatches, 0);
  const firstDifference = [...layers, whole].find((comparison) => comparison.firstDifference)?.firstDifference ?? null;
  const where = firstDifference === null ? '' : `, first in ${firstDifference}`;
  say(
    startedAt,
    mismatches,
    `${array}: ${layers.length} layers, ${images} images, ${mismatches} mismatches${where}, ${cyclesPerImage} cycles an image`,
  );
  return { array, images, layers: layers.length, mismatches, cycles_per_image: cyclesPerImage };
}

/** Random networks, pass by pass, every second one with pauses of the bus and of the issue. */
function verifyRandomNetworks(array: ArraySize, networks: number) {
  const startedAt = performance.now();
  const seeds = Array.from({ length: networks }, (_, index) => index).filter((seed) =>
    fitsIn(randomNetwork(seed, array.CHUNK), array),
  );
  const mismatches = seeds
    .flatMap((seed) => {
      const percent = seed % 2 === 0 ? 0 : 40;
      return verifyPasses(randomNetwork(seed, array.CHUNK), array, {
        busPercent: percent,
        issuePercent: percent,
        seed,
      });
    })
    .reduce((sum, comparison) => sum + comparison.mismatches, 0);
  say(startedAt, mismatches, `${array.name}: ${seeds.length} random networks, ${mismatches} mismatches`);
  return { array: array.name, networks: seeds.length, mismatches };
}

function say(startedAt: number, mismatches: number, sentence: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`${mismatches === 0 ? '✓' : '✗'} ${sentence} (${seconds} s)`);
}
