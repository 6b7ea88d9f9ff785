import { events, Project, RecipeText, Sha256 } from '@dropforge/events';
import { z } from 'zod';
import type { RouteContract } from './route.ts';
import { DeviceView, FileLink, ModelView, NewWebhook, RunSummary, RunView, WebhookView } from './views.ts';

const fileName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\\p{Cc}]+$/u, 'a file name without slashes or control characters');

/** One name in a drop's path. */
const folderName = Project.regex(/^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u, 'a name without slashes or control characters');

const eventName = z.enum(events.map(({ name }) => name));

/** Every route of the API, in the order in which a person meets them. */
export const routes = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Says whether the table and the bucket answer.',
    open: true,
    answer: z.object({ status: z.literal('ok'), checks: z.record(z.string(), z.literal('ok')) }),
  },
  createUpload: {
    method: 'POST',
    path: '/uploads',
    summary: 'Gives a URL to which one archive can be PUT within the hour; its arrival starts a run.',
    body: z.strictObject({ project: folderName, drop: folderName, fileName }),
    answer: z.object({ key: z.string(), url: z.url(), expiresAt: z.iso.datetime() }),
    statuses: [201],
    problems: ['KEY_UNFIT', 'PROJECT_NOT_ALLOWED'],
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
      recipe: RecipeText.optional(),
    }),
    answer: RunSummary,
    statuses: [201, 200],
    headers: { 'Idempotency-Key': 'The same key is the same run: 1 to 200 visible ASCII characters, no comma.' },
    problems: ['IDEMPOTENCY_KEY_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'PROJECT_NOT_ALLOWED'],
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    summary: 'Lists runs, the newest first.',
    query: z.strictObject({
      project: z.string().max(100).optional(),
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
    problems: ['NO_SUCH_RUN'],
  },
  cancelRun: {
    method: 'POST',
    path: '/runs/{runId}/cancel',
    summary: 'Calls a run off and stops its jobs.',
    answer: RunSummary,
    problems: ['NO_SUCH_RUN', 'NOT_POSSIBLE_NOW'],
  },
  retryRun: {
    method: 'POST',
    path: '/runs/{runId}/retry',
    summary: 'Tries a run again from its last stage that worked.',
    answer: RunSummary,
    problems: ['NO_SUCH_RUN', 'NOT_POSSIBLE_NOW'],
  },
  approveRun: {
    method: 'POST',
    path: '/runs/{runId}/approve',
    summary: 'Allows the delivery of exactly this model.',
    body: z.strictObject({ modelDigest: Sha256 }),
    answer: RunSummary,
    problems: ['NO_SUCH_RUN', 'NOT_POSSIBLE_NOW', 'MODEL_CHANGED'],
  },
  declineRun: {
    method: 'POST',
    path: '/runs/{runId}/decline',
    summary: 'Refuses the delivery of exactly this model. A retry asks again.',
    body: z.strictObject({ modelDigest: Sha256, reason: z.string().min(1).max(500).optional() }),
    answer: RunSummary,
    problems: ['NO_SUCH_RUN', 'NOT_POSSIBLE_NOW', 'MODEL_CHANGED'],
  },
  listFiles: {
    method: 'GET',
    path: '/runs/{runId}/files',
    summary: 'Links to the files of a run: report, configuration, artifact, verification. They hold for an hour.',
    answer: z.object({ files: z.array(FileLink) }),
    problems: ['NO_SUCH_RUN'],
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
    problems: ['NO_SUCH_MODEL'],
  },
  listDevices: {
    method: 'GET',
    path: '/devices',
    summary: 'Lists the devices that ever reported.',
    answer: z.object({ devices: z.array(DeviceView) }),
    problems: ['PROJECT_NOT_ALLOWED'],
  },
  createWebhook: {
    method: 'POST',
    path: '/webhooks',
    summary: 'Sends events to an address from now on. The secret that signs them is shown this once.',
    body: z.strictObject({
      url: z.string().min(1).max(2_000),
      /** Every event unless given. */
      events: z.array(eventName).min(1).max(events.length).optional(),
      /** Of every project unless given. */
      project: folderName.optional(),
    }),
    answer: NewWebhook,
    statuses: [201],
    problems: ['WEBHOOK_URL_REFUSED', 'WEBHOOKS_FULL', 'PROJECT_NOT_ALLOWED'],
  },
  listWebhooks: {
    method: 'GET',
    path: '/webhooks',
    summary: 'Lists the webhooks and how their deliveries go.',
    answer: z.object({ webhooks: z.array(WebhookView) }),
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/webhooks/{webhookId}',
    summary: 'Sends no more events to an address; what is on its way is dropped.',
    answer: WebhookView,
    problems: ['NO_SUCH_WEBHOOK'],
  },
} as const satisfies Record<string, RouteContract>;

export type RouteName = keyof typeof routes;
