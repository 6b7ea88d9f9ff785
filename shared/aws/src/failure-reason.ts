import type { Reason } from '@dropforge/events';
import { z } from 'zod';

/** What our jobs write first into `output/failure` and `output/message`. */
const JobFailure = z.object({ cause: z.string().min(1), message: z.string().min(1), action: z.string().optional() });

/** AWS's own causes, by how their reasons begin. */
const awsCauses = [
  ['CapacityError', 'CAPACITY_ERROR', 'The run tries again by itself when AWS has the instance type.'],
  ['ResourceLimitExceeded', 'RESOURCE_LIMIT', 'Ask AWS for a higher quota or wait for other jobs to end.'],
  ['InternalServerError', 'AWS_INTERNAL_ERROR', 'Retry the run.'],
  ['ClientError', 'CLIENT_ERROR', 'Check the image, the role and the input locations of the job.'],
] as const;

/**
 * Turns a job's FailureReason or ExitMessage (at most 1024 characters, possibly cut, possibly empty) into a reason
 * that a person can act on. SageMaker puts its own words before what the container wrote.
 */
export function readFailureReason(text: string | undefined, jobName: string): Reason {
  const where = jobName;
  const failure = findJobFailure(text ?? '');
  if (failure) {
    const { cause, message, action } = failure;
    return {
      code: toCode(cause),
      message: message.slice(0, 1000),
      where,
      ...(action ? { action: action.slice(0, 1000) } : {}),
    };
  }
  const known = awsCauses.find(([prefix]) => text?.startsWith(prefix));
  if (text && known) return { code: known[1], message: text.slice(0, 1000), where, action: known[2] };
  return {
    code: 'JOB_FAILED',
    message: text?.trim().slice(0, 1000) || 'The job ended without saying why.',
    where,
    action: 'Read the end of the job log, then retry the run.',
  };
}

function findJobFailure(text: string): z.output<typeof JobFailure> | undefined {
  const start = text.indexOf('{"');
  if (start < 0) return undefined;
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  return JobFailure.safeParse(parseLoosely(line)).data;
}

/** The text may be cut inside the object; whatever whole fields stand in it are worth having. */
function parseLoosely(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    const fields = [...line.matchAll(/"(cause|message|action)":\s*("(?:[^"\\]|\\.)*")/g)];
    return Object.fromEntries(fields.map(([, name, value]) => [name, JSON.parse(value ?? '""')]));
  }
}

function toCode(cause: string): string {
  return (
    cause
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^[^A-Z]+|_+$/g, '') || 'JOB_FAILED'
  );
}
