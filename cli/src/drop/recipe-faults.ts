import { type Fault, formatWhere } from '@dropforge/recipe';
import type { ReasonText } from '../cli-error.ts';

/** Faults of a recipe as reasons, each with its line and column. The action names the nearest valid value. */
export function faultReasons(faults: readonly Fault[], fileName: string): ReasonText[] {
  return faults.map(({ code, message, action, position }) => ({
    code,
    message,
    action,
    where: formatWhere(fileName, position),
  }));
}
