import { CliError } from '../cli-error.ts';

/** Ours and Blueoil's go six deep. */
const DEPTH_MAX = 32;

/** JSON that a stranger may have written. Throws what is wrong with it. */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  if (isTooDeep(bytes))
    throw new CliError('refused', 'OUTPUT_TOO_LARGE', `The file is nested deeper than ${DEPTH_MAX} levels.`, {
      where,
      action: 'Give what dropforge-run or run.py wrote.',
    });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new CliError('refused', 'OUTPUT_NOT_JSON', 'The file is not JSON in UTF-8.', {
      where,
      action: 'Predict again. Python writes NaN without quotes, which JSON does not know: such a prediction is broken.',
      cause: error,
    });
  }
}

/** Brackets outside of strings. The parser has no limit, and takes ten seconds for thirty million of them. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let isString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isString && byte === 0x5c) i++;
    else if (byte === 0x22) isString = !isString;
    else if (isString) continue;
    else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
