import { randomUUID } from 'node:crypto';
import { routes } from '@dropforge/api-contract';
import { trainingRequested } from '@dropforge/events';
import { Problem, parseRequest, type Route } from '@dropforge/handler-kit';
import { commit, runIdOfRequest } from '@dropforge/pipeline-state';
import type { Ports } from '../ports.ts';
import { summaryOf } from '../views.ts';

/** Starts a run, once for each idempotency key. */
export const startRun: Route<Ports> = async ({ body, headers }, _ports, kit) => {
  const asked = parseRequest(routes.startRun.body, body);
  const idempotencyKey = headers['idempotency-key'] ?? randomUUID();
  if (idempotencyKey === '' || idempotencyKey.length > 200)
    throw new Problem(400, 'IDEMPOTENCY_KEY_INVALID', 'Idempotency-Key has 1 to 200 characters.');
  const runId = runIdOfRequest(asked.project, idempotencyKey);
  const event = trainingRequested.of({ ...asked, idempotencyKey });
  const { run, kind } = await commit(event, runId, kit);
  if (!run) throw new Error(`the run ${runId} was neither begun nor found`);
  if (kind !== 'moved' && !isSame(run.facts[event.name], event.data)) {
    throw new Problem(
      422,
      'IDEMPOTENCY_KEY_REUSED',
      `The Idempotency-Key was used before, with another request, for ${runId}.`,
      { runId },
    );
  }
  return { status: kind === 'moved' ? 201 : 200, body: summaryOf(run), headers: { location: `/runs/${runId}` } };
};

/** Both went through the same schema, so equal requests have equal text. */
function isSame(before: unknown, asked: unknown): boolean {
  return (
    JSON.stringify(trainingRequested.data.safeParse(before).data) ===
    JSON.stringify(trainingRequested.data.parse(asked))
  );
}
