import type { Reason } from '@dropforge/events';
import { z } from 'zod';

/** What our jobs write first into `output/failure` and `output/message`. */
const JobFailure = z.object({
  cause: z.string().min(1),
  code: z.string().min(1).optional(),
  message: z.string().min(1),
  action: z.string().optional(),
});

/** AWS's own causes, by how their reasons begin. */
const awsCauses = [
  ['CapacityError', 'CAPACITY_ERROR', 'The run tries again by itself when AWS has the instance type.'],
  ['ResourceLimitExceeded', 'RESOURCE_LIMIT', 'Ask AWS for a higher quota or wait for other jobs to end.'],
  ['InternalServerError', 'AWS_INTERNAL_ERROR', 'Retry the run.'],
  ['ClientError', 'CLIENT_ERROR', 'Check the image, the role and the input locations of the job.'],
] as const;

/** What events allow for a sentence, and more than any cause of ours needs. */
const sentenceMaximum = 1_000;
const codeMaximum = 64;

/**
 * Turns a job's FailureReason or ExitMessage (at most 1024 characters, possibly cut, possibly empty) into a reason
 * that a person can act on. SageMaker puts its own words before what the container wrote.
 */
export function readFailureReason(text: string | undefined, jobName: string): Reason {
  const where = jobName;
  const failure = findJobFailure(text ?? '');
  if (failure) {
    const { cause, code, message, action } = failure;
    return {
      code: toCode(code ?? cause),
      message: sentence(message),
      where,
      ...(action ? { action: sentence(action) } : {}),
    };
  }
  const said = sentence(text ?? '');
  const silent = silentEnd(text);
  if (silent) return { ...silent, where };
  const known = awsCauses.find(([prefix]) => said.startsWith(prefix));
  if (known) return { code: known[1], message: said, where, action: known[2] };
  return {
    code: 'JOB_FAILED',
    message: said || 'The job ended without saying why.',
    where,
    action: 'Read the end of the job log, then retry the run.',
  };
}

/** True when a job of ours has written the text: then it is worth more than what SageMaker adds. */
export function isJobFailure(text: string | undefined): text is string {
  return findJobFailure(text ?? '') !== undefined;
}

/** A container that ended with an error and left no word: SageMaker tells the exit code alone. */
function silentEnd(text: string | undefined): { code: string; message: string; action: string } | undefined {
  const exitCode = /^AlgorithmError: \s*, exit code: (\d+)$/.exec(text ?? '')?.[1];
  if (exitCode === undefined) return undefined;
  if (exitCode === '137')
    return {
      code: 'KILLED',
      message: 'The program was killed, most likely because memory ran out.',
      action: 'Lower batchSize or imageSize, or use a machine with more memory; then retry the run.',
    };
  return {
    code: 'JOB_FAILED',
    message: `The program ended with exit code ${exitCode} and did not say why.`,
    action: 'Read the end of the job log, then retry the run.',
  };
}

function findJobFailure(text: string): z.output<typeof JobFailure> | undefined {
  const start = text.search(/\{\s*"(cause|code|message|action)"/);
  if (start < 0) return undefined;
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  return JobFailure.safeParse(parseLoosely(line)).data;
}

/** The text may be cut inside the object, even inside a value; what stands in it is worth having. */
function parseLoosely(line: string): unknown {
  return parseJson(line) ?? Object.fromEntries(fieldsOf(line));
}

function fieldsOf(line: string): [string, string][] {
  const fields = line.matchAll(/"(cause|code|message|action)":\s*"((?:[^"\\]|\\.)*)("?)/g);
  return [...fields].flatMap(([, name = '', content = '', end]) => {
    const value = unescaped(content);
    if (!value) return [];
    return [[name, end ? value : `${value}…`] as [string, string]];
  });
}

/** A cut can leave half an escape (`\u00e`) at the end; what stands before it is kept. */
function unescaped(content: string): string {
  const value = parseJson(`"${content}"`) ?? parseJson(`"${content.replace(/\\u[0-9a-fA-F]{0,3}$/, '')}"`);
  return typeof value === 'string' ? value.replace(/\uFFFD+$/, '') : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Short enough for an event, without the half of a character that a cut by bytes leaves at the end. */
function sentence(text: string): string {
  return text
    .trim()
    .slice(0, sentenceMaximum)
    .toWellFormed()
    .replace(/\uFFFD+$/, '');
}

function toCode(cause: string): string {
  const code = cause
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .slice(0, codeMaximum);
  return code.replace(/^[^A-Z]+|_+$/g, '') || 'JOB_FAILED';
}
