/** Why a file cannot be read. Stable: they stand in decisions and in what `dropforge inspect --json` prints. */
export type InspectionErrorCode =
  /** The first bytes are not those of an ELF file. */
  | 'NOT_ELF'
  /** A 32- or 64-bit little-endian file is read, and no other. */
  | 'NOT_SUPPORTED'
  /** The file ends before its own tables do. */
  | 'TRUNCATED'
  /** Something in the file points outside of what it may point into. */
  | 'OUT_OF_RANGE'
  /** The file contradicts itself, or a loader would see other bytes than a reader. */
  | 'MALFORMED'
  /** A count or a size is beyond what a library of ours can have. */
  | 'TOO_LARGE';

/** The bytes are not a file that can be judged. Reading them throws this and nothing else. */
export class InspectionError extends Error {
  override readonly name = 'InspectionError';
  readonly code: InspectionErrorCode;

  constructor(code: InspectionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
