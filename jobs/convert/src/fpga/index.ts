export { type ArrayName, type ArraySize, arraySizes, arrayWord, parametersOf } from './array-size.ts';
export { LANE_WORDS, sectionKinds } from './image-format.ts';
export { LAYER_WORDS, type LayerField, layerFields, operations, PROGRAM_LAYERS } from './layer-program.ts';
export { type FpgaNetwork, type LoweredPass, lowerModel } from './lower-model.ts';
export type { FpgaOutput } from './passes.ts';
export { FpgaRefusal, type FpgaRefusalCode } from './refusal.ts';
export {
  type EngineError,
  engineErrors,
  IDENTITY,
  type Register,
  registers,
  VERSION,
  windows,
} from './register-map.ts';
export { accumulatorChunks, type ChunkSchedule, unpackAccumulators } from './unpack-accumulators.ts';
export { hostWords, packPixels, unpackLevels } from './unpack-levels.ts';
