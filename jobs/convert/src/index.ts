export { type ConvertOptions, convertModel } from './convert-model.ts';
export { emitC, type Sources } from './emit/emit-c.ts';
export { ConversionError, type ConversionErrorCode } from './frontend/conversion-error.ts';
export {
  type BuildResult,
  buildTarget,
  isTargetName,
  type RunResult,
  runTarget,
  type Target,
  type TargetName,
  targets,
} from './targets/index.ts';
