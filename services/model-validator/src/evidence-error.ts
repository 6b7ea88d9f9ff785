/** The conversion's output cannot be judged: a file is missing, malformed or not the one announced. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  readonly where: string;

  constructor(code: string, message: string, where: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.where = where;
  }
}
