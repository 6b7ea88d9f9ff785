import { type RouteName, routeKey, routes } from '@dropforge/api-contract';
import type { Route } from '@dropforge/handler-kit';
import type { Ports } from './ports.ts';
import { approveRun } from './routes/approve-run.ts';
import { cancelRun } from './routes/cancel-run.ts';
import { createUpload } from './routes/create-upload.ts';
import { health } from './routes/health.ts';
import { listDevices } from './routes/list-devices.ts';
import { listFiles } from './routes/list-files.ts';
import { listModels } from './routes/list-models.ts';
import { listRuns } from './routes/list-runs.ts';
import { retryRun } from './routes/retry-run.ts';
import { showModel } from './routes/show-model.ts';
import { showRun } from './routes/show-run.ts';
import { startRun } from './routes/start-run.ts';

/** One file per route of the contract. */
const implementations: Record<RouteName, Route<Ports>> = {
  ...{ health, createUpload, startRun, listRuns, showRun, cancelRun, retryRun, approveRun },
  ...{ listFiles, listModels, showModel, listDevices },
};

/** By route key, as API Gateway names them: `GET /runs/{runId}`. */
export const routeTable: Record<string, Route<Ports>> = Object.fromEntries(
  Object.entries(implementations).map(([name, route]) => [routeKey(routes[name as RouteName]), route]), // the keys are RouteNames by type
);
