import { createHash } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The run id of a cause: the same cause (bucket, key and version of a drop; project and idempotency key of a request)
 * is the same run, so a repeated event cannot start a second one. 100 bits of SHA-256 in base32.
 */
export function runIdOf(...cause: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(cause)).digest();
  let id = '';
  for (let index = 0; index < 20; index++) {
    const bit = index * 5;
    const pair = ((digest[bit >> 3] ?? 0) << 8) | (digest[(bit >> 3) + 1] ?? 0);
    id += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return `run-${id}`;
}

/** The run that a request starts, whoever delivers the request. */
export function runIdOfRequest(project: string, idempotencyKey: string): string {
  return runIdOf('request', project, idempotencyKey);
}

export type Stage = 'train' | 'convert';

/** `df-<stage>-<runId>-t<attempt>`: at most 63 characters, unique per attempt, so that creating twice is one job. */
export function jobNameOf(stage: Stage, runId: string, attempt: number): string {
  return `df-${stage}-${runId}-t${attempt}`;
}

/** Reads a job name back; undefined: not a job of ours. */
export function parseJobName(name: string): { stage: Stage; runId: string; attempt: number } | undefined {
  const match = /^df-(train|convert)-(run-[a-z2-7]{20})-t([1-9]\d{0,4})$/.exec(name);
  const [, stage, runId, attempt] = match ?? [];
  if ((stage !== 'train' && stage !== 'convert') || !runId || !attempt) return undefined;
  return { stage, runId, attempt: Number(attempt) };
}

/** The run that a dropped object starts. `version`: the object's version id; without versioning its ETag. */
export function runIdOfDrop(bucket: string, key: string, version: string): string {
  return runIdOf('drop', bucket, key, version);
}
