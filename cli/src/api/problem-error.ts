import type { ProblemDocument } from '@dropforge/api-contract';
import { CliError, type ExitName } from '../cli-error.ts';

/** What to do about problems that the API names but cannot advise on, since it does not know who asks. */
const advice: Readonly<Record<string, string>> = {
  NO_SUCH_RUN: '"dropforge runs" lists the runs.',
  NO_SUCH_MODEL: '"dropforge models" lists the models that passed the gate.',
  NO_SUCH_WEBHOOK: '"dropforge webhooks list" lists them.',
  NOT_POSSIBLE_NOW: '"dropforge show <run>" tells where the run is.',
  MODEL_CHANGED: 'Look at the run again with "dropforge show <run>", then approve it.',
  INTERNAL_ERROR: 'Try again; if it stays, the log of the api function has the reason.',
};

/** The error for an answer that is not a success. `problem` undefined: it is no problem document. */
export function problemError(
  status: number,
  problem: ProblemDocument | undefined,
  content: unknown,
  where: string,
): CliError {
  const exit = exitFor(status);
  if (!problem) {
    const said = gatewayMessage(content);
    const action =
      exit === 'notAllowed'
        ? 'Set DROPFORGE_TOKEN, or sign with your AWS credentials: --iam.'
        : 'Check the address (--api).';
    return new CliError(exit, `HTTP_${status}`, `The API answered ${status}${said ? `: ${said}` : ''}.`, {
      where,
      action,
    });
  }
  const reasons = problem.errors?.map(({ field, message }) => ({ code: 'FIELD_INVALID', message, where: field }));
  return new CliError(exit, problem.code, problem.detail, { where, action: advice[problem.code], reasons });
}

function exitFor(status: number): ExitName {
  if (status === 401 || status === 403) return 'notAllowed';
  if (status === 404) return 'notFound';
  if (status === 409) return 'conflict';
  return status === 429 || status >= 500 ? 'unreachable' : 'refused';
}

/** API Gateway itself answers `{"message":"Unauthorized"}`. */
function gatewayMessage(content: unknown): string {
  if (typeof content !== 'object' || content === null || !('message' in content)) return '';
  return typeof content.message === 'string' ? content.message.slice(0, 200) : '';
}
