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

export type JobKind = 'train' | 'convert';

/** A deployment's name: lower-case letters, digits and single hyphens, at most 16, so that job names fit their limit. */
export const stagePattern = /^(?=.{1,16}$)[a-z](-?[a-z0-9])*$/;

/** The SageMaker jobs of one deployment by name. */
export interface JobNames {
  /** `df-<stage>-<kind>-<runId>-t<attempt>`: at most 63 characters, unique per attempt, so that creating twice is one job. */
  of(kind: JobKind, runId: string, attempt: number): string;
  /** Reads a job name back; undefined: not a job of this deployment. */
  read(name: string): { kind: JobKind; runId: string; attempt: number } | undefined;
}

/** Deployments of one account and region share SageMaker's names, so each has its own. Throws on a name that is no stage. */
export function jobNames(stage: string): JobNames {
  if (!stagePattern.test(stage)) throw new Error(`"${stage}" is no stage: use a-z, 0-9 and hyphens, at most 16.`);
  const pattern = new RegExp(`^df-${stage}-(train|convert)-(run-[a-z2-7]{20})-t([1-9]\\d{0,4})$`);
  return {
    of: (kind, runId, attempt) => `df-${stage}-${kind}-${runId}-t${attempt}`,
    read(name) {
      const [, kind, runId, attempt] = pattern.exec(name) ?? [];
      if ((kind !== 'train' && kind !== 'convert') || !runId || !attempt) return undefined;
      return { kind, runId, attempt: Number(attempt) };
    },
  };
}

/** The run that a dropped object starts. `version`: the object's version id; without versioning its ETag. */
export function runIdOfDrop(bucket: string, key: string, version: string): string {
  return runIdOf('drop', bucket, key, version);
}
