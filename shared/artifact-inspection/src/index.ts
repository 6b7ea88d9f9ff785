/** Reads libraries, programs and artifacts without running them, and says whether they fit a device. */
export {
  type ArtifactFault,
  type InspectedFile,
  inspectArtifact,
  judgeAtPlace,
  type StackBytes,
} from './artifact/inspect-artifact.ts';
export { type Place, pathsOf, placeOf } from './artifact/layout.ts';
export { ArtifactError, readArtifact } from './artifact/read-artifact.ts';
export { describeFile, type FileFacts, isBinary } from './describe-file.ts';
export { InspectionError, type InspectionErrorCode } from './inspection-error.ts';
export { abiNames, abis, offeredAbis } from './judge/abi.ts';
export type { Fault, FaultCode } from './judge/fault.ts';
export { findMisfits } from './judge/fits-profile.ts';
export { findBreaches } from './judge/keeps-contract.ts';
export { type MemoryPeak, memoryPeak } from './judge/memory.ts';
export { type DeviceProfile, type ProfileName, profileNames, profiles } from './judge/profiles.ts';
