export { checkModel } from './check-model.ts';
export {
  compareLogits,
  firstDivergingLayer,
  type LayerDigest,
  type LogitComparison,
  type LogitDifference,
  layerDigests,
} from './compare.ts';
export { fingerprint } from './digest.ts';
export {
  type DeviceEvidence,
  decideGate,
  defaultGatePolicy,
  type GateCheck,
  type GateDecision,
  type GateEvidence,
  type GatePolicy,
  type TargetEvidence,
} from './gate.ts';
export { limits } from './limits.ts';
export * from './model.ts';
export { ModelFileError, type ModelFileErrorCode } from './model-file-error.ts';
export { signedWeights, tapCount } from './operators/convolution.ts';
export { type PlannedLayer, planLayers } from './plan-layers.ts';
export { accuracyOf, argmax, type Prediction, predict } from './predict.ts';
export { readModel } from './read-model.ts';
export { type ReferenceOptions, runReference, runReferenceBatch } from './reference.ts';
export { elementCount, type Shape, type Tensor } from './tensor.ts';
export { createEngine, createWasmEngine, type InferenceEngine, type KernelModules } from './wasm/engine.ts';
export { EngineError, type EngineErrorCode } from './wasm/engine-error.ts';
export { hasRelaxedSimd, hasSimd } from './wasm/web-assembly.ts';
export { writeModel } from './write-model.ts';
