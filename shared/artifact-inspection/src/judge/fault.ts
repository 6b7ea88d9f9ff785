/** Why a file is unfit. Stable, as InspectionErrorCode. */
export type FaultCode =
  | 'WRONG_MACHINE'
  | 'WRONG_FLOAT_ABI'
  /** It uses instructions that the processor may not have. */
  | 'WRONG_PROCESSOR'
  | 'WRONG_OS_ABI'
  | 'WRONG_KIND'
  | 'NEEDS_LIBRARY'
  | 'NEEDS_GLIBC'
  | 'NEEDS_INTERPRETER'
  /** A symbol is asked of others where nobody else is there. */
  | 'NEEDS_SYMBOL'
  | 'SYMBOL_MISSING'
  /** It defines a name that is not of the ABI and could stand in for one of the program's. */
  | 'SYMBOL_UNEXPECTED'
  | 'EXECUTABLE_STACK'
  | 'WRITABLE_CODE'
  | 'TEXT_RELOCATIONS'
  | 'RELRO_MISSING'
  | 'HAS_CONSTRUCTORS'
  | 'TOO_LARGE'
  | 'MEMORY_PEAK';

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
