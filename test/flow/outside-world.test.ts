import { rmSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { createApiClient } from '@dropforge/cli';
import { answer } from '@dropforge/handler-kit';
import type { Cloud } from '@dropforge/local';
import type { CommitPorts } from '@dropforge/pipeline-state';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signRequest } from '../../cli/src/api/sign-request.ts';
import { stateFolder } from '../../local/src/testing/state-folder.ts';
import { createPorts } from '../../services/api/src/adapters.ts';
import { routeTable } from '../../services/api/src/route-table.ts';
import { zipOf } from '../../shared/datasets/src/testing/archives.ts';
import { catsAndDogs } from '../../shared/datasets/src/testing/pictures.ts';
import { type Receiver, startReceiver } from './outside-world/receiver.ts';
import { deviceGroup, startOpenCloud } from './outside-world/start-open-cloud.ts';
import { recipeFor } from './whole-cloud/behaviours.ts';
import { type User, until, userOf } from './whole-cloud/user.ts';

let directory = '';
let cloud: Cloud;
let user: User;
let receiver: Receiver;

beforeAll(async () => {
  directory = stateFolder('outside');
  [cloud, receiver] = await Promise.all([startOpenCloud(directory), startReceiver()]);
  user = userOf(cloud);
});
afterAll(async () => {
  receiver?.close();
  await cloud?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The API for somebody with AWS credentials, as `dropforge --iam` asks it. */
function signedApi(change: Partial<{ secretAccessKey: string }> = {}) {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = cloud.environment;
  const { credentials } = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey, ...change },
  }).config;
  return createApiClient({
    url: cloud.endpoints.api,
    authorize: (request) => signRequest(request, 'us-east-1', credentials),
  });
}

describe('from a drop to the devices', () => {
  it('clicks in Slack reject, ask again and approve, and a webhook tells a program of every step', async () => {
    const made = await signedApi().call('createWebhook', { body: { url: receiver.url } });
    receiver.secret = made.secret;
    receiver.failures = 1;
    expect(made.createdBy).toMatch(/^arn:aws:iam::000000000000:/);

    const recipe = recipeFor('does well').replace('{to: none}', `{to: ${deviceGroup}, approval: manual}`);
    const runId = await user.drop('outside/one', await zipOf(await catsAndDogs(4)), recipe);
    await user.click(runId, 'Reject');
    expect(await user.ended(runId)).toMatchObject({ state: 'rejected', reasons: [{ code: 'DECLINED' }] });
    await user.click(runId, 'Retry');
    await user.click(runId, 'Approve', 2);
    const view = await user.ended(runId);
    expect(view).toMatchObject({ state: 'deployed', attempt: 2 });
    expect(view.history.filter(({ event, to }) => event === 'model.approved' && to)).toHaveLength(1);

    const said = ['dataset.received', 'model.declined', 'model.approved', 'deployment.completed'];
    await until(
      'the webhook has heard of it all, also of what it failed at',
      async () => said.every((name) => receiver.events.some(({ type }) => type === name)) || undefined,
    );
    expect(receiver.refused).toEqual([]);
    const approved = receiver.events.find(({ type }) => type === 'model.approved');
    expect(approved?.eventId).toBe(`${runId}.t2.model.approved`);
    expect(approved?.data).toMatchObject({ runId, by: 'slack:T0DROPFORGE/U0LOCAL' });
    const { webhooks } = await signedApi().call('listWebhooks', {});
    expect(webhooks).toMatchObject([{ status: 'on', failing: null }]);
    await signedApi().call('deleteWebhook', { path: { webhookId: made.webhookId } });
  }, 240_000);
});

describe('the API', () => {
  const status = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${cloud.endpoints.api}${path}`, init)).status;

  it('refuses a wrong signature, a token, and what nobody has signed for Slack', async () => {
    await expect(signedApi({ secretAccessKey: 'guessed' }).call('listRuns', {})).rejects.toMatchObject({
      exit: 'notAllowed',
    });
    expect(await status('/runs', { headers: { authorization: 'Bearer x' } })).toBe(401);
    expect(await status('/slack/interactions', { method: 'POST', body: new URLSearchParams({ payload: '{}' }) })).toBe(
      401,
    );
    expect(await status('/runs', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })).toBe(415);
    expect(await status('/health')).toBe(200);
  });

  it('gives upload links that hold for an hour and no longer', async () => {
    const link = await uploadLinkOf(2 * 3_600_000);
    const late = await fetch(link, { method: 'PUT', body: 'too late' });
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
    expect((await fetch(await uploadLinkOf(3_000_000), { method: 'PUT', body: 'in time' })).status).toBe(200);
  });
});

/** A link that the API's own code made so long ago. */
async function uploadLinkOf(agoMilliseconds: number): Promise<string> {
  const { functions } = cloud.description;
  const own = functions.find(({ key }) => key === 'api')?.environment ?? {};
  for (const [name, value] of Object.entries({ ...cloud.environment, ...own })) vi.stubEnv(name, value);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - agoMilliseconds });
  try {
    const event = {
      ...{ version: '2.0', routeKey: 'POST /uploads', rawPath: '/uploads', requestContext: {}, isBase64Encoded: false },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ project: 'outside', drop: 'late', fileName: 'late.zip' }),
    };
    const answered = await answer(
      event as unknown as APIGatewayProxyEventV2, // as much of it as the kit reads
      routeTable,
      createPorts,
      () => ({}) as CommitPorts, // this route records nothing
    );
    return JSON.parse(answered.body ?? '{}').url;
  } finally {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  }
}
