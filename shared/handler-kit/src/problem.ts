/** An error that an API caller is told, as an RFC 9457 problem document. https://www.rfc-editor.org/rfc/rfc9457 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** Stable, UPPER_SNAKE: what programs compare. */
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

/** The document itself; `type` is a page of the project's documentation. */
export function problemDocument({ status, code, message, extra }: Problem, instance: string) {
  return {
    type: `https://dropforge.dev/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: code,
    status,
    detail: message,
    instance,
    code,
    ...extra,
  };
}
