import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** As much of Lambda as Powertools looks for. */
const lambda = {
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
  LAMBDA_TASK_ROOT: '/var/task',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  POWERTOOLS_TRACE_ENABLED: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
  POWERTOOLS_SERVICE_NAME: 'dropforge',
  STAGE: 'prod',
  POWERTOOLS_DEV: 'true', // metrics go to the console that a test can listen to
};
const context = { awsRequestId: 'r', functionName: 'f', memoryLimitInMB: '1', invokedFunctionArn: 'arn' } as Context; // as much as the kit reads
const event = { id: 'e', 'detail-type': 'dataset.received', detail: { eventId: 'ours' } };

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.resetModules();
  vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
  for (const [name, value] of Object.entries(lambda)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The kit as it is loaded on Lambda. */
async function load() {
  const kit = await import('./observability.ts');
  const { wrap } = await import('./wrap.ts');
  return { ...kit, wrap };
}

it('writes metrics in the embedded format, by service, stage and at most one dimension more', async () => {
  const { count, measure, metrics } = await load();
  count('EventSkipped');
  count('EventsUnsent', 3);
  measure('StageSeconds', 'training', 12.5);
  metrics.publishStoredMetrics();
  const written = lines.map((line) => JSON.parse(line));
  expect(written[0]).toMatchObject({
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: 'Dropforge',
          Dimensions: [['service', 'stage', 'state']],
          Metrics: [{ Name: 'StageSeconds', Unit: 'Seconds' }],
        },
      ],
    },
    ...{ service: 'dropforge', stage: 'prod', state: 'training', StageSeconds: 12.5 },
  });
  expect(written[1]).toMatchObject({ service: 'dropforge', stage: 'prod', EventSkipped: 1, EventsUnsent: 3 });
  expect(written[1]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'stage']]);
});

it('measures a move by its state, its time and its cost, and late news once', async () => {
  await load();
  const { tellOutcome } = await import('./tell-outcome.ts');
  const { createMemoryRunStore, commit } = await import('@dropforge/pipeline-state');
  const { datasetReceived, runStalled, trainingFailed } = await import('@dropforge/events');
  const about = { runId: datasetReceived.example.runId, project: 'flowers', attempt: 1 };
  let minute = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, minute++));
  const kit = { runs: createMemoryRunStore(), publish: async () => new Set<string>(), now, told: tellOutcome };
  const reasons = [{ code: 'STAGE_OVERDUE', message: 'Silent.' }];
  const cost = {
    instanceType: 'ml.g5.xlarge',
    instanceCount: 1,
    spot: false,
    billedSeconds: 60,
    seconds: 60,
    usd: 0.02,
  };
  const failed = trainingFailed.of({ ...trainingFailed.example, ...about, jobName: 'df-x-t1', cost });
  await commit(datasetReceived.of({ ...datasetReceived.example, ...about }), about.runId, kit);
  minute = 30;
  await commit(runStalled.of({ ...about, reasons }), about.runId, kit);
  await commit(failed, about.runId, kit);
  await commit(failed, about.runId, kit);
  const { metrics } = await import('./observability.ts');
  metrics.publishStoredMetrics();
  const written = lines.map((line) => JSON.parse(line));
  expect(written.flatMap(({ RunMoved, state }) => (RunMoved ? [state] : []))).toEqual(['received', 'stalled']);
  expect(written.find(({ StageSeconds }) => StageSeconds)).toMatchObject({ state: 'received', StageSeconds: 1_800 });
  expect(written.at(-1)).toMatchObject({ RunStalled: 1, LateNews: 1 });
  expect(written.filter(({ JobCost }) => JobCost)).toMatchObject([{ kind: 'training', JobCost: 0.02 }]);
});

it('counts a step that threw, says so under its event, and lets Lambda know', async () => {
  const { logger, wrap } = await load();
  const { RetryableError } = await import('./errors.ts');
  const said: [string, unknown][] = [];
  vi.spyOn(logger, 'error').mockImplementation(
    (...line) => void said.push([String(line[0]), logger.getPersistentLogAttributes()]),
  );
  vi.spyOn(logger, 'warn').mockImplementation((...line) => void said.push([String(line[0]), undefined]));
  const failing = wrap(async () => {
    throw new TypeError('x is undefined');
  });
  const waiting = wrap(async () => {
    throw new RetryableError('S3 is down');
  });
  await expect(failing(event, context)).rejects.toThrow('x is undefined');
  await expect(waiting(event, context)).rejects.toThrow('S3 is down');
  expect(said.map(([line]) => line.split(':')[0])).toEqual(['STEP_FAILED', 'STEP_POSTPONED']);
  expect(lines.map((line) => JSON.parse(line).StepFailed)).toEqual([1, 1]);
});

it('carries the trace on to the bus, from the step that speaks, and marks it with the run', async () => {
  const headers: (string | string[] | undefined)[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers['x-amzn-trace-id']);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end('{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // a TCP server has no other address
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  const { about, tracer, wrap } = await load();
  const { eventBridge } = await import('@dropforge/aws');
  const annotated = vi.spyOn(tracer, 'putAnnotation');
  const speak = wrap(async () => {
    about({ runId: 'run-1' });
    await eventBridge().send(new PutEventsCommand({ Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] }));
  });
  await speak(event, context);
  server.close();
  expect(headers).toEqual([
    expect.stringMatching(/^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=[0-9a-f]{16};Sampled=1$/),
  ]);
  expect(headers[0]).not.toContain('53995c3f42cd8ad8');
  expect(annotated).toHaveBeenCalledWith('runId', 'run-1');
});

it('touches no client where tracing is off', async () => {
  vi.stubEnv('POWERTOOLS_TRACE_ENABLED', 'false');
  await load();
  const { eventBridge } = await import('@dropforge/aws');
  const client = eventBridge();
  expect(client.middlewareStack.identify().filter((name) => /xray/i.test(name))).toEqual([]);
});
