import { type ProblemCode, problems } from '@dropforge/api-contract';
import { Problem } from '@dropforge/handler-kit';

/** A problem of the contract, told for this request. `extra` stands beside it in the document. */
export function problem(code: ProblemCode, detail: string, extra: Readonly<Record<string, unknown>> = {}): Problem {
  return new Problem(problems[code].status, code, detail, extra);
}
