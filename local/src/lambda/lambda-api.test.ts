import { afterEach, beforeEach, expect, it } from 'vitest';
import { functionDescription } from '../testing/function-description.ts';
import { type RunningEndpoint, startEndpoint } from '../testing/start-endpoint.ts';
import { createLambdaApi } from './lambda-api.ts';

let endpoint: RunningEndpoint;
let invoked: unknown[];

beforeEach(async () => {
  invoked = [];
  const functions = [
    functionDescription({ key: 'step', environment: { COLOUR: 'red' } }),
    functionDescription({ key: 'tend', reservedConcurrency: 1 }),
  ];
  const lambda = createLambdaApi({ functions, invokeLater: (key, payload) => invoked.push({ key, payload }) });
  endpoint = await startEndpoint({ lambda });
});
afterEach(() => endpoint.close());

async function call(method: string, path: string, { type = '', body = '' } = {}) {
  const response = await fetch(`${endpoint.url}${path}`, {
    method,
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/lambda/aws4_request, Signature=0',
      ...(type ? { 'x-amz-invocation-type': type } : {}),
    },
    ...(method === 'POST' ? { body } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

it('takes an invocation that it answers later, and only asks itself about a dry run', async () => {
  const path = '/2015-03-31/functions/test-dev-step/invocations';
  expect(await call('POST', path, { type: 'Event', body: '{"a":1}' })).toEqual({ status: 202, body: undefined });
  expect(await call('POST', path, { type: 'DryRun' })).toEqual({ status: 204, body: undefined });
  expect(invoked).toEqual([{ key: 'step', payload: { a: 1 } }]);
  expect(await call('POST', path, { type: 'Event', body: '{' })).toMatchObject({
    status: 400,
    body: { __type: 'InvalidRequestContentException' },
  });
});

it('shows a function by its name or its ARN, and knows no other', async () => {
  const arn = encodeURIComponent('arn:aws:lambda:eu-west-1:000000000000:function:test-dev-step');
  for (const name of ['test-dev-step', arn]) {
    expect((await call('GET', `/2015-03-31/functions/${name}/configuration`)).body).toMatchObject({
      State: 'Active',
      Environment: { Variables: { COLOUR: 'red' } },
    });
  }
  expect(await call('GET', '/2015-03-31/functions/nobody/configuration')).toMatchObject({ status: 404 });
});

it('tells the concurrency of the account, and what of it nobody reserves', async () => {
  expect((await call('GET', '/2016-08-19/account-settings/')).body).toEqual({
    AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 999 },
  });
});
