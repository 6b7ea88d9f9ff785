import { modelValidated } from '@dropforge/events';
import { answerSigned } from '@dropforge/handler-kit';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeApi, runId } from '../testing/fake-api.ts';
import { toApproval, toFailure, toTraining } from '../testing/lives.ts';
import { checkAnswer } from '../testing/openapi.ts';
import { clickPayload, formOf, type SentClick, slackSecret, slackSignature } from '../testing/slack-click.ts';
import type { SlackPorts, SlackSettings } from './ports.ts';
import { takeInteraction } from './take-interaction.ts';

const { modelDigest } = modelValidated.example;

let api: ReturnType<typeof createFakeApi>;
let settings: SlackSettings | undefined;
let replies: string[];
beforeEach(() => {
  api = createFakeApi();
  settings = { signingSecret: slackSecret, team: 'T0FLOWERS', approvers: ['U0ANA'] };
  replies = [];
});
const now = () => api.kit.now().getTime() / 1_000;
const approve = { action: 'approve', runId, attempt: 1, modelDigest };

/** Sends a click as Slack would, through API Gateway. */
async function click(value: object, change: Partial<SentClick> & { event?: object } = {}) {
  const body = formOf(clickPayload(value, change));
  const { timestamp = Math.floor(now()) } = change;
  const { signature = slackSignature(body, timestamp) } = change;
  return send({
    headers: { 'X-Slack-Request-Timestamp': String(timestamp), 'X-SLACK-signature': signature },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    ...change.event,
  });
}

async function send(change: object) {
  const key = 'POST /slack/interactions';
  const event = { version: '2.0', routeKey: key, rawPath: '/slack/interactions', requestContext: {}, ...change };
  const ports: SlackPorts = {
    settings: async () => settings,
    reply: async (url, text) => void replies.push(`${url} ${text}`),
  };
  const answered = await answerSigned(
    event as unknown as APIGatewayProxyEventV2, // as much of it as the kit reads
    takeInteraction,
    () => ports,
    () => api.kit,
  );
  const { statusCode: status = 0, headers = {} } = answered;
  const body = answered.body === undefined ? undefined : JSON.parse(answered.body);
  if (body !== undefined) checkAnswer(key, status, String(headers['content-type']), body);
  return { status, code: body?.code };
}

const state = async () => (await api.kit.runs.read(runId))?.state;

describe('a click of an approver', () => {
  it('approves the model that the message showed, in the name of who clicked', async () => {
    await api.live(...toApproval());
    expect(await click(approve)).toEqual({ status: 200, code: undefined });
    expect(await state()).toBe('approved');
    expect(api.world.published).toEqual(['model.approved']);
    expect((await api.kit.runs.read(runId))?.facts['model.approved']).toMatchObject({
      by: 'slack:T0FLOWERS/U0ANA',
      modelDigest,
    });
    expect(replies).toEqual([]);
  });

  it('rejects it; a retry asks again', async () => {
    await api.live(...toApproval());
    await click({ ...approve, action: 'decline' });
    const run = await api.kit.runs.read(runId);
    expect(run?.state).toBe('rejected');
    expect(run?.facts['model.declined']?.reasons).toMatchObject([{ code: 'DECLINED' }]);
    await click({ action: 'retry', runId, attempt: 1 });
    expect(await state()).toBe('awaiting-approval');
  });

  it('cancels what goes on and retries what failed', async () => {
    await api.live(...toTraining());
    await click({ action: 'cancel', runId, attempt: 1 });
    expect(await state()).toBe('cancelled');
    api = createFakeApi();
    await api.live(...toFailure());
    await click({ action: 'retry', runId, attempt: 1 });
    expect(api.world.published).toEqual(['run.retried', 'config.rendered']);
  });

  it('counts once, however often it is made, repeated by Slack or replayed', async () => {
    await api.live(...toApproval());
    for (const action_ts of ['1.1', '1.1', '1.2'])
      expect(await click(approve, { action_ts })).toMatchObject({ status: 200 });
    expect(api.world.published).toEqual(['model.approved']);
    expect(replies.map((reply) => reply.split(' ').slice(1).join(' '))).toEqual([
      'Somebody did this already.',
      'Somebody did this already.',
    ]);
  });

  it('retries once when it is made twice', async () => {
    await api.live(...toFailure());
    await Promise.all([1, 2].map(() => click({ action: 'retry', runId, attempt: 1 })));
    expect((await api.kit.runs.read(runId))?.attempt).toBe(2);
  });

  it('on an old message moves nothing: another model, another attempt, a run that is gone', async () => {
    await api.live(...toApproval());
    await click({ ...approve, modelDigest: 'ff'.repeat(32) });
    await click({ ...approve, attempt: 2 });
    await click({ ...approve, runId: 'run-aaaaaaaaaaaaaaaaaaaa' });
    expect(await state()).toBe('awaiting-approval');
    expect(replies).toHaveLength(3);
    expect(api.world.published).toEqual([]);
  });

  it('on an approval of the attempt before does not approve the next', async () => {
    await api.live(...toApproval());
    await click({ ...approve, action: 'decline' });
    await click({ action: 'retry', runId, attempt: 1 });
    await click(approve);
    expect(await state()).toBe('awaiting-approval');
  });
});

describe('a click is refused, and nothing moves,', () => {
  beforeEach(() => api.live(...toApproval()));
  const nothingMoved = async () => {
    expect(await state()).toBe('awaiting-approval');
    expect(api.world.published).toEqual([]);
  };

  it.each<[string, () => Partial<SentClick> & { event?: object }]>([
    ['301 s old', () => ({ timestamp: Math.floor(now()) - 301 })],
    ['301 s early', () => ({ timestamp: Math.floor(now()) + 301 })],
    ['with a truncated signature', () => ({ signature: 'v0=abcd' })],
    ['with an empty signature', () => ({ signature: '' })],
    ['with a signature of another secret', () => ({ signature: slackSignature('x', Math.floor(now()), 'other') })],
    ['without headers', () => ({ event: { headers: undefined } })],
    ['with a time that is none', () => ({ event: { headers: { 'x-slack-request-timestamp': 'NaN' } } })],
    [
      'with another body than the signed one',
      () => ({ event: { body: Buffer.from('payload={}').toString('base64') } }),
    ],
    ['encoded again on the way', () => ({ event: { body: 'cGF5bG9hZD0lN0I=' } })],
  ])('%s', async (_, change) => {
    expect(await click(approve, change())).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
    await nothingMoved();
  });

  it('of somebody who is no approver, or of another team, and says so to that person alone', async () => {
    expect(await click(approve, { user: 'U0EVE' })).toMatchObject({ status: 200 });
    expect(await click(approve, { team: 'T0OTHERS' })).toMatchObject({ status: 200 });
    expect(await click(approve, { user_team: 'T0OTHERS' })).toMatchObject({ status: 200 });
    expect(replies.map((reply) => reply.split(' ')[0])).toEqual(Array(3).fill('https://hooks.slack.com/actions/1'));
    await nothingMoved();
  });

  it('where nobody has set the buttons up', async () => {
    settings = undefined;
    expect(await click(approve)).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
    await nothingMoved();
  });

  it.each<[string, object]>([
    ['another button', { action: 'delete', runId, attempt: 1 }],
    ['a button without its digest', { action: 'approve', runId, attempt: 1 }],
    ['a run id that is none', { ...approve, runId: '../x' }],
    ['more than the button carries', { ...approve, state: 'approved' }],
  ])('with %s', async (_, value) => {
    expect(await click(value)).toEqual({ status: 400, code: 'INTERACTION_INVALID' });
    await nothingMoved();
  });

  it('with a form that holds no payload, and a body that is larger than any', async () => {
    for (const body of ['', 'payload', 'payload=%7B', 'other=1', '{"payload":{}}']) {
      const timestamp = Math.floor(now());
      const headers = {
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': slackSignature(body, timestamp),
      };
      expect(await send({ headers, body, isBase64Encoded: false }), body).toMatchObject({ status: 400 });
    }
    expect(await send({ headers: {}, body: 'x'.repeat(600_000) })).toEqual({ status: 413, code: 'BODY_TOO_LARGE' });
  });
});

it('is taken at 299 s as well, and as plain text', async () => {
  await api.live(...toApproval());
  const body = formOf(clickPayload(approve));
  const timestamp = Math.floor(now()) - 299;
  const headers = {
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': slackSignature(body, timestamp),
  };
  expect(await send({ headers, body, isBase64Encoded: false })).toMatchObject({ status: 200 });
  expect(await state()).toBe('approved');
});
