import type { z } from 'zod';

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

/**
 * What a caller sent, checked: a fault is the caller's (400) and every field is named. A schema that fails anywhere else
 * in a route is a fault of ours (500).
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const result = schema.safeParse(sent);
  if (result.success) return result.data as z.output<Schema>; // safeParse widens generics to unknown
  const errors = result.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  throw new Problem(400, 'REQUEST_INVALID', 'Some fields of the request are missing or wrong; see errors.', { errors });
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
