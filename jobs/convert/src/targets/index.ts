export {
  type BuildErrorCode,
  type BuildOptions,
  type BuildResult,
  buildTarget,
  defaultRuntimeDirectory,
  prepareTarget,
} from './build-target.ts';
export { type RunErrorCode, type RunOptions, type RunResult, runTarget, runTargetProgram } from './run-target.ts';
export type { Target, TargetName } from './target.ts';
export { isTargetName, targets } from './targets.ts';
