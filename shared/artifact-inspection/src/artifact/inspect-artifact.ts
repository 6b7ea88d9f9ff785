import { createHash } from 'node:crypto';
import { describeFile, type FileFacts, isBinary } from '../describe-file.ts';
import { InspectionError, type InspectionErrorCode } from '../inspection-error.ts';
import type { Fault, FaultCode } from '../judge/fault.ts';
import { findMisfits } from '../judge/fits-profile.ts';
import { findBreaches } from '../judge/keeps-contract.ts';
import { type ProfileName, profiles } from '../judge/profiles.ts';
import { type Place, placeOf } from './layout.ts';
import { readArtifact } from './read-artifact.ts';

/** Why a file of an artifact is unfit: what it is, that it cannot be read, or that no binary belongs where it lies. */
export type ArtifactFault = Fault<FaultCode | InspectionErrorCode | 'PLACE_UNKNOWN'>;

/** A file of an artifact with its own digest, and what is wrong with it. */
export interface InspectedFile {
  /** Inside `output/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Of binaries only. */
  readonly place: Place | undefined;
  readonly facts: FileFacts | undefined;
  readonly faults: readonly ArtifactFault[];
}

/** Bytes of stack by target, as the manifest says; see memoryPeak for a target that is not there. */
export type StackBytes = Readonly<Partial<Record<ProfileName, number>>>;

/** Reads every file of an `output.tar.gz` and judges the binaries by their places. Throws ArtifactError. */
export async function inspectArtifact(archive: Uint8Array, stackBytes: StackBytes = {}): Promise<InspectedFile[]> {
  const files: InspectedFile[] = [];
  for await (const { path, content } of readArtifact(archive)) {
    const sha256 = createHash('sha256').update(content).digest('hex');
    files.push({ path, bytes: content.length, sha256, ...inspectBinary(path, content, stackBytes) });
  }
  return files;
}

function inspectBinary(
  path: string,
  content: Uint8Array,
  stackBytes: StackBytes,
): Pick<InspectedFile, 'place' | 'facts' | 'faults'> {
  const place = placeOf(path);
  if (!place && !isBinary(content)) return { place, facts: undefined, faults: [] };
  if (!place) {
    const message = 'It is a library or a program in a place where none belongs.';
    return { place, facts: undefined, faults: [{ code: 'PLACE_UNKNOWN', message }] };
  }
  try {
    const facts = describeFile(content);
    return { place, facts, faults: judgeAtPlace(facts, place, stackBytes) };
  } catch (error) {
    if (!(error instanceof InspectionError)) throw error;
    return { place, facts: undefined, faults: [{ code: error.code, message: error.message }] };
  }
}

/** Everything that is wrong with a binary of ours in its place. */
export function judgeAtPlace(facts: FileFacts, { target, role, abis }: Place, stackBytes: StackBytes): Fault[] {
  const misfits = findMisfits(facts, profiles[target], stackBytes[target]);
  if (misfits.some(({ code }) => code === 'WRONG_MACHINE')) return misfits;
  const breaches = findBreaches(facts, role, abis).filter(({ code }) => !misfits.some((one) => one.code === code));
  return [...misfits, ...breaches];
}
