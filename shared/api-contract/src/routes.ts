import { Project, Sha256 } from '@dropforge/events';
import { z } from 'zod';
import type { RouteContract } from './route.ts';
import { DeviceView, FileLink, ModelView, RunSummary, RunView } from './views.ts';

const fileName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\\p{Cc}]+$/u, 'a file name without slashes or control characters');

/** One name in a drop's path. */
const folderName = Project.regex(/^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u, 'a name without slashes or control characters');

/** Every route of the API, in the order in which a person meets them. */
export const routes = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Says whether the table and the bucket answer.',
    answer: z.object({ status: z.literal('ok'), checks: z.record(z.string(), z.literal('ok')) }),
  },
  createUpload: {
    method: 'POST',
    path: '/uploads',
    summary: 'Gives a URL to which one archive can be PUT; its arrival starts a run.',
    body: z.strictObject({ project: folderName, drop: folderName, fileName }),
    answer: z.object({ key: z.string(), url: z.url(), expiresAt: z.iso.datetime() }),
  },
  startRun: {
    method: 'POST',
    path: '/runs',
    summary: 'Starts a run on a drop that is in the bucket, or on a dataset version. Honours `Idempotency-Key`.',
    body: z.strictObject({
      project: folderName,
      source: z.union([
        z.strictObject({ drop: z.string().min(1).max(1024).startsWith('drops/') }),
        z.strictObject({ dataset: Sha256 }),
      ]),
      recipe: z.string().max(65_536).optional(),
    }),
    answer: RunSummary,
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    summary: 'Lists runs, the newest first.',
    query: z.strictObject({
      project: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(2_000).optional(),
    }),
    answer: z.object({ runs: z.array(RunSummary), cursor: z.string().optional() }),
  },
  showRun: {
    method: 'GET',
    path: '/runs/{runId}',
    summary: 'Shows one run with its progress and history.',
    answer: RunView,
  },
  cancelRun: {
    method: 'POST',
    path: '/runs/{runId}/cancel',
    summary: 'Calls a run off and stops its jobs.',
    answer: RunSummary,
  },
  retryRun: {
    method: 'POST',
    path: '/runs/{runId}/retry',
    summary: 'Tries a run again from its last stage that worked.',
    answer: RunSummary,
  },
  approveRun: {
    method: 'POST',
    path: '/runs/{runId}/approve',
    summary: 'Allows the delivery of exactly this model.',
    body: z.strictObject({ modelDigest: Sha256 }),
    answer: RunSummary,
  },
  listFiles: {
    method: 'GET',
    path: '/runs/{runId}/files',
    summary: 'Links to the files of a run: report, configuration, artifact, verification. They hold for an hour.',
    answer: z.object({ files: z.array(FileLink) }),
  },
  listModels: {
    method: 'GET',
    path: '/models',
    summary: 'Lists the models that passed the gate.',
    answer: z.object({ models: z.array(z.object({ modelId: z.string() })) }),
  },
  showModel: {
    method: 'GET',
    path: '/models/{modelId}',
    summary: 'Shows one model with links to its files.',
    answer: ModelView.extend({ files: z.array(FileLink) }),
  },
  listDevices: {
    method: 'GET',
    path: '/devices',
    summary: 'Lists the devices that ever reported.',
    answer: z.object({ devices: z.array(DeviceView) }),
  },
} as const satisfies Record<string, RouteContract>;

export type RouteName = keyof typeof routes;
