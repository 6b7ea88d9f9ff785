/** Why a file cannot be read. Stable: they stand in decisions; docs/inspect.md says what each means. */
export const inspectionErrorCodes = [
  'NOT_ELF',
  'NOT_SUPPORTED',
  'TRUNCATED',
  'OUT_OF_RANGE',
  'MALFORMED',
  'TOO_LARGE',
] as const;
export type InspectionErrorCode = (typeof inspectionErrorCodes)[number];

/** The bytes are not a file that can be judged. Reading them throws this and nothing else. */
export class InspectionError extends Error {
  override readonly name = 'InspectionError';
  readonly code: InspectionErrorCode;

  constructor(code: InspectionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
