import { Detail, datasetReceived, trainingRequested } from '@dropforge/events';
import type { ExternalEvent } from '@dropforge/handler-kit';
import { type Run, runIdOfRequest } from '@dropforge/pipeline-state';
import { z } from 'zod';

/** Partners may say `training.requested` with our envelope or with the bare data. */
export const requestContract = {
  source: '',
  detailType: trainingRequested.name,
  detail: z.union([Detail.transform(({ data }) => data).pipe(trainingRequested.data), trainingRequested.data]),
};

/** Begins the run that somebody asks for. Whether the drop or the dataset is there is the validation's question. */
export async function receiveRequest(
  { detail }: ExternalEvent<z.output<typeof trainingRequested.data>>,
  _ports: unknown,
  runs: { read(runId: string): Promise<Run | undefined> },
) {
  const { project, idempotencyKey, source, recipe } = detail;
  const runId = runIdOfRequest(project, idempotencyKey);
  const attempt = (await runs.read(runId))?.attempt ?? 1;
  const received = 'drop' in source ? { drop: source.drop, kind: kindOf(source.drop), bytes: 0 } : source;
  const event = datasetReceived.of({ runId, project, attempt, source: received, ...(recipe ? { recipe } : {}) });
  return { runId, event };
}

/** A prefix ends with a slash and means loose files; anything else is one object. */
function kindOf(drop: string): 'archive' | 'files' {
  return drop.endsWith('/') ? 'files' : 'archive';
}
