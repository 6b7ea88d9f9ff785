/** What the parts of the life have at hand. */
import { randomUUID } from 'node:crypto';
import type { RunView } from '@dropforge/api-contract';
import type { Cloud } from '@dropforge/local';
import { zipOf } from '../../../shared/datasets/src/testing/archives.ts';
import { catsAndDogs } from '../../../shared/datasets/src/testing/pictures.ts';
import { slots } from '../../flow/whole-cloud/slots.ts';
import { type User, userOf } from '../../flow/whole-cloud/user.ts';
import { type RecordedCloud, slotCount } from '../cloud/start-recorded-cloud.ts';

export interface World {
  readonly cloud: Cloud;
  /** The account itself, with the aws command and the tests' shortcuts. */
  readonly user: User;
  /** The HTTP API. @throws Error for an answer that is none of 2xx */
  readonly api: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  /** No run waits for the reconciler's minute. */
  readonly training: ReturnType<typeof slots>;
  readonly outages: RecordedCloud['outages'];
  readonly capacity: RecordedCloud['capacity'];
}

export function worldOf({ cloud, outages, capacity, news }: RecordedCloud): World {
  return { cloud, user: userOf(cloud, news), training: slots(slotCount), api: apiOf(cloud), outages, capacity };
}

function apiOf({ endpoints }: Cloud): World['api'] {
  return async (method, path, body) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${endpoints.api}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text || '{}') as Record<string, unknown>; // every route answers with an object
  };
}

export const archive = (images: number) => catsAndDogs(images).then(zipOf);

/** The run when it has ended. @throws Error if it ended otherwise */
export async function ends(user: User, runId: string, state: string): Promise<RunView> {
  const view = await user.ended(runId);
  if (view.state === state) return view;
  throw new Error(`${runId} is ${view.state} instead of ${state}: ${JSON.stringify(view.reasons)}`);
}
