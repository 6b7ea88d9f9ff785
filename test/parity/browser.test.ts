/** The engine in a bundle for browsers, run where there is nothing of Node: JavaScript, WebAssembly and the web's own text functions. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { argmax, runReference, writeModel } from '@dropforge/quantized-inference';
import { lmnetV1, randomPixels } from '@dropforge/quantized-inference/testing';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const entry = fileURLToPath(new URL('./browser-entry.ts', import.meta.url));
const kernels = fileURLToPath(new URL('../../shared/quantized-inference/dist/kernels.wasm', import.meta.url));

it.skipIf(!existsSync(kernels))('classifies an image in a page with the logits of the reference', async () => {
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    globalName: 'page',
    platform: 'browser',
    target: 'es2022',
    loader: { '.wasm': 'binary' },
    write: false,
    logLevel: 'silent',
  });
  const model = lmnetV1();
  const pixels = randomPixels(model.input, 1, 1);
  const expected = runReference(model, pixels);
  // A fresh realm has its own Uint8Array: bytes go in as lists of numbers.
  const page = vm.createContext({ atob, TextDecoder, TextEncoder, model: [...writeModel(model)], pixels: [...pixels] });
  vm.runInContext(bundle.outputFiles[0]?.text ?? '', page);
  const answer = await vm.runInContext('page.classify(Uint8Array.from(model), Uint8Array.from(pixels))', page);
  expect(JSON.parse(JSON.stringify(answer))).toEqual({
    kind: 'wasm-relaxed',
    reason: null,
    index: argmax(expected),
    logits: [...expected],
  });
});
