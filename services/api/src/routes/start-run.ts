import { randomUUID } from 'node:crypto';
import { routes } from '@dropforge/api-contract';
import { trainingRequested } from '@dropforge/events';
import { type HttpRequest, parseRequest, type Route } from '@dropforge/handler-kit';
import { commit, runIdOfRequest } from '@dropforge/pipeline-state';
import { checkProject } from '../access.ts';
import type { Ports } from '../ports.ts';
import { problem } from '../problem.ts';
import { summaryOf } from '../views.ts';

/** Starts a run, once for each idempotency key. */
export const startRun: Route<Ports> = async (request, _ports, kit) => {
  const asked = parseRequest(routes.startRun.body, request.body);
  checkProject(request, asked.project);
  checkSource(request, asked.source);
  const idempotencyKey = readKey(request);
  const runId = runIdOfRequest(asked.project, idempotencyKey);
  const event = trainingRequested.of({ ...asked, idempotencyKey });
  const { run, kind } = await commit(event, runId, kit);
  if (!run) throw new Error(`the run ${runId} was neither begun nor found`);
  if (kind !== 'moved' && !isSame(run.facts[event.name], event.data)) {
    throw problem(
      'IDEMPOTENCY_KEY_REUSED',
      `The Idempotency-Key was used before, with another request, for ${runId}.`,
      { runId },
    );
  }
  // Relative to this request's own address, since nothing here knows what a custom domain puts before the path.
  return { status: kind === 'moved' ? 201 : 200, body: summaryOf(run), headers: { location: `runs/${runId}` } };
};

/** A repeated header arrives joined by commas: which of the keys was meant, nobody knows. */
function readKey({ headers }: HttpRequest): string {
  const key = headers['idempotency-key'] ?? randomUUID();
  if (/^[!-+\--~]{1,200}$/.test(key)) return key;
  throw problem(
    'IDEMPOTENCY_KEY_INVALID',
    'Send one Idempotency-Key of 1 to 200 visible ASCII characters without a comma.',
  );
}

/** A drop lies under its project. Dataset versions belong to no project: their digest is what lets one find them. */
function checkSource(request: HttpRequest, source: { drop: string } | { dataset: string }): void {
  if ('drop' in source) checkProject(request, source.drop.split('/')[1] ?? '');
}

/** Both went through the same schema, so equal requests have equal text. */
function isSame(before: unknown, asked: unknown): boolean {
  return (
    JSON.stringify(trainingRequested.data.safeParse(before).data) ===
    JSON.stringify(trainingRequested.data.parse(asked))
  );
}
