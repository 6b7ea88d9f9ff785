import type { RouteName } from './routes.ts';

const createdAt = '2026-11-22T12:00:00.000Z';
const modelDigest = 'ab'.repeat(32);
const modelId = 'flowers-abababab-mzxw6y';

/** A request and its answer for every route; they stand in the OpenAPI document and are checked against the contract. */
export const examples: Record<RouteName, { body?: unknown; answer: unknown }> = {
  ...uploadAndRun(),
  ...decisions(),
  ...things(),
  ...webhooks(),
};

function uploadAndRun() {
  return {
    health: { answer: { status: 'ok', checks: { table: 'ok', bucket: 'ok' } } },
    createUpload: {
      body: { project: 'flowers', drop: 'may', fileName: 'flowers.zip' },
      answer: {
        key: 'drops/flowers/may/flowers.zip',
        url: 'https://dropforge-dev.s3.eu-west-1.amazonaws.com/drops/flowers/may/flowers.zip?X-Amz-Signature=…',
        expiresAt: '2026-11-22T13:00:00.000Z',
      },
    },
    startRun: {
      body: { project: 'flowers', source: { drop: 'drops/flowers/may/flowers.zip' } },
      answer: summary('requested'),
    },
    listRuns: { answer: { runs: [summary('training')] } },
    showRun: { answer: runView() },
  };
}

function decisions() {
  return {
    cancelRun: { answer: summary('cancelled') },
    retryRun: { answer: { ...summary('configured'), attempt: 2 } },
    approveRun: { body: { modelDigest }, answer: summary('approved') },
    declineRun: { body: { modelDigest, reason: 'The accuracy is too low.' }, answer: summary('rejected') },
  };
}

function things() {
  const file = {
    name: 'output.tar.gz',
    bytes: 204_800,
    url: 'https://dropforge-dev.s3.eu-west-1.amazonaws.com/models/flowers-abababab-mzxw6y/output.tar.gz?X-Amz-Signature=…',
  };
  const { runId } = summary('finished');
  return {
    listFiles: { answer: { files: [{ ...file, name: 'artifact/t1/output.tar.gz' }] } },
    listModels: { answer: { models: [{ modelId }] } },
    showModel: {
      answer: {
        ...{ modelId, modelDigest, runId, createdAt, classes: ['daisy', 'rose'] },
        input: { height: 32, width: 32, channels: 3 },
        files: [file],
      },
    },
    listDevices: {
      answer: {
        devices: [
          {
            ...{ thing: 'line-3', architecture: 'armv7l', status: 'alive', lastSeenAt: createdAt },
            activeModel: { modelId, modelDigest },
            predictUrl: 'http://127.0.0.1:8080',
          },
        ],
      },
    },
  };
}

function webhooks() {
  const webhook = {
    ...{ webhookId: 'wh-mzxw6ytboi2gk3tdmfza', url: 'https://example.com/dropforge', createdAt },
    ...{ events: ['model.validated', 'deployment.completed'], project: 'flowers', createdBy: 'ana@example.com' },
    ...{ status: 'on', offReason: null, failing: null },
  };
  return {
    createWebhook: {
      body: { url: webhook.url, events: webhook.events, project: 'flowers' },
      answer: { ...webhook, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
    },
    listWebhooks: { answer: { webhooks: [webhook] } },
    deleteWebhook: { answer: webhook },
  };
}

function summary(state: string) {
  const ended = ['finished', 'cancelled', 'rejected'].includes(state);
  const run = { runId: 'run-mzxw6ytboi2gk3tdmfza', project: 'flowers', state, ended, attempt: 1 };
  return { ...run, createdAt, updatedAt: createdAt };
}

function runView() {
  return {
    ...summary('training'),
    reasons: [],
    drop: 'drops/flowers/may/flowers.zip',
    dataset: { digest: modelDigest, classes: 5, trainImages: 3_600, validationImages: 400, excludedImages: 2 },
    progress: { step: 810, steps: 1_800, epoch: 4.5, loss: 0.61, accuracy: 0.83, secondsLeft: 35 },
    history: [{ at: createdAt, event: 'dataset.received', attempt: 1, from: 'none', to: 'received' }],
  };
}
