import { ConversionError } from '../frontend/conversion-error.ts';

export type FailureCause = 'data' | 'out-of-memory' | 'disk' | 'killed' | 'bug';

/** Why a conversion job ended without an artifact, in words that a person can act on. */
export class JobFailure extends Error {
  readonly failure: FailureCause;
  readonly code: string;
  readonly action: string;

  constructor(failure: FailureCause, code: string, message: string, action: string) {
    super(message);
    this.name = 'JobFailure';
    this.failure = failure;
    this.code = code;
    this.action = action;
  }

  /** One line of JSON, at most about 700 bytes of ASCII text: it must fit whole into the exit message. */
  toJson(): string {
    const { failure: cause, code, action, message } = this;
    return JSON.stringify({ cause, code, message: shortened(message, 400), action: shortened(action, 200) });
  }
}

/** Longest exit message that SageMaker keeps: https://docs.aws.amazon.com/sagemaker/latest/dg/byoc-metadata.html */
export const MESSAGE_BYTES = 1024;

/** `text` cut to `MESSAGE_BYTES` of UTF-8 at the border of a character. */
export function cutMessage(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= MESSAGE_BYTES) return bytes.toString('utf8');
  let end = MESSAGE_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--; // never between the bytes of one character
  return bytes.subarray(0, end).toString('utf8');
}

/** Names the cause of any error. What is neither the input's nor the machine's fault is ours. */
export function classify(error: unknown): JobFailure {
  if (error instanceof JobFailure) return error;
  if (error instanceof ConversionError)
    return new JobFailure('data', error.code, error.message, sentence(error.action));
  const code = errnoOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new JobFailure('disk', 'DISK_FULL', `A file could not be written: ${text}`, 'Use a larger volume.');
  }
  if (code === 'ENOMEM' || /allocation failed|out of memory/i.test(text)) {
    const action = 'Use a machine with more memory, or fewer evaluation images.';
    return new JobFailure('out-of-memory', 'OUT_OF_MEMORY', `Memory ran out: ${text}`, action);
  }
  return new JobFailure('bug', 'UNEXPECTED', `The converter stopped: ${text}`, 'Report this with the log of the job.');
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function sentence(action: string): string {
  return `${action.charAt(0).toUpperCase()}${action.slice(1)}.`;
}

/** At most `bytes` of UTF-8 on one line. */
function shortened(text: string, bytes: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (Buffer.byteLength(JSON.stringify(line)) <= bytes) return line;
  const characters = Array.from(line.slice(0, bytes));
  while (Buffer.byteLength(JSON.stringify(characters.join(''))) > bytes - 3) characters.pop();
  return `${characters.join('')}...`;
}
