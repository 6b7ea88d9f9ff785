import type { IntegerModel } from '@dropforge/quantized-inference';
import { emitC, type Sources } from '../../emit/emit-c.ts';
import { emitEngine } from '../../emit/emit-engine.ts';
import { arraySizes } from '../../fpga/index.ts';
import type { Target } from '../target.ts';

/** The source that the conversion compiles for a target: with kernels, or with the image for its engine. */
export function sourcesFor(target: Target, model: IntegerModel): Sources {
  return target.engine ? emitEngine(model, arraySizes[target.engine.array]).sources : emitC(model);
}
