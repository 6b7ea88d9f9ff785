/** Why a file is unfit. Stable, as InspectionErrorCode; docs/inspect.md says what each means. */
export const faultCodes = [
  ...(['WRONG_MACHINE', 'WRONG_FLOAT_ABI', 'WRONG_PROCESSOR', 'WRONG_OS_ABI', 'WRONG_KIND'] as const),
  ...(['NEEDS_LIBRARY', 'NEEDS_GLIBC', 'NEEDS_INTERPRETER', 'NEEDS_SYMBOL'] as const),
  ...(['SYMBOL_MISSING', 'SYMBOL_UNEXPECTED', 'HAS_CONSTRUCTORS'] as const),
  ...(['EXECUTABLE_STACK', 'WRITABLE_CODE', 'TEXT_RELOCATIONS', 'RELRO_MISSING'] as const),
  ...(['TOO_LARGE', 'MEMORY_PEAK', 'PAGE_SIZE'] as const),
] as const;
export type FaultCode = (typeof faultCodes)[number];

export interface Fault<Code extends string = FaultCode> {
  readonly code: Code;
  /** One sentence for people. */
  readonly message: string;
}

/** At most a few names of many. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => name.slice(0, 100));
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}
