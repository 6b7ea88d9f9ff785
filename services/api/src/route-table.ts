import { type RouteContract, type RouteName, routeKey, routes } from '@dropforge/api-contract';
import { type HttpRequest, parseRequest, type Route } from '@dropforge/handler-kit';
import { z } from 'zod';
import type { Ports } from './ports.ts';
import { problem } from './problem.ts';
import { approveRun } from './routes/approve-run.ts';
import { cancelRun } from './routes/cancel-run.ts';
import { createUpload } from './routes/create-upload.ts';
import { createWebhook } from './routes/create-webhook.ts';
import { declineRun } from './routes/decline-run.ts';
import { deleteWebhook } from './routes/delete-webhook.ts';
import { health } from './routes/health.ts';
import { listDevices } from './routes/list-devices.ts';
import { listFiles } from './routes/list-files.ts';
import { listModels } from './routes/list-models.ts';
import { listRuns } from './routes/list-runs.ts';
import { listWebhooks } from './routes/list-webhooks.ts';
import { retryRun } from './routes/retry-run.ts';
import { showModel } from './routes/show-model.ts';
import { showRun } from './routes/show-run.ts';
import { startRun } from './routes/start-run.ts';

/** One file per route of the contract. */
const implementations: Record<RouteName, Route<Ports>> = {
  ...{ health, createUpload, startRun, listRuns, showRun, cancelRun, retryRun, approveRun, declineRun },
  ...{ listFiles, listModels, showModel, listDevices, createWebhook, listWebhooks, deleteWebhook },
};

/** By route key, as API Gateway names them: `GET /runs/{runId}`. */
export const routeTable: Record<string, Route<Ports>> = Object.fromEntries(
  Object.entries(implementations).map(([name, route]) => {
    const contract: RouteContract = routes[name as RouteName]; // the keys are RouteNames by type
    return [routeKey(contract), withoutStrays(contract, route)];
  }),
);

/** What a route would not look at is refused rather than ignored: its sender thinks that it counts. */
function withoutStrays({ query, body }: RouteContract, route: Route<Ports>): Route<Ports> {
  return async (request, ports, kit) => {
    if (!query) parseRequest(z.strictObject({}), request.query);
    if (!body) refuseBody(request);
    return route(request, ports, kit);
  };
}

function refuseBody({ body }: HttpRequest): void {
  if (body !== undefined) throw problem('BODY_NOT_EXPECTED', 'This route takes no body.');
}
