import type { ReasonText } from '../cli-error.ts';

/** What happened, where, what to do: one line each. */
export function describeReasons(reasons: readonly ReasonText[]): string[] {
  return reasons.flatMap(({ code, message, where, action }) => [
    `- ${message} (${code})`,
    ...(where ? [`    where: ${where}`] : []),
    ...(action ? [`    do: ${action}`] : []),
  ]);
}
