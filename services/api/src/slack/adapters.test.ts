import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSlackPorts } from './adapters.ts';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP, so not a path
}

/** The ports over a Secrets Manager that holds what a test puts there. */
async function portsWith(world: { secret: unknown; asked: number }, slackUrl = 'http://127.0.0.1:9') {
  const aws = await serve((_, response) => {
    world.asked++;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ ARN: 'arn', Name: 'slack', SecretString: JSON.stringify(world.secret) }));
  });
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' };
  const variables = {
    AWS_ENDPOINT_URL: aws,
    SLACK_SECRET_ARN: 'arn',
    SLACK_API_URL: `${slackUrl}/api/`,
    ...credentials,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return createSlackPorts();
}

const settings = { signingSecret: 's', team: 'T1', approvers: ['U1'] };

describe('the settings', () => {
  it('are read once a minute, so that a new approver need not wait for long', async () => {
    const world = { secret: { token: 'x', channel: 'C', ...settings } as unknown, asked: 0 };
    const ports = await portsWith(world);
    expect(await ports.settings()).toEqual(settings);
    await ports.settings();
    expect(world.asked).toBe(1);
    world.secret = { ...settings, approvers: ['U1', 'U2'] };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect((await ports.settings())?.approvers).toEqual(['U1', 'U2']);
  });

  it.each([{}, { token: 'x', channel: 'C' }, { ...settings, approvers: [] }, { ...settings, signingSecret: '' }])(
    'are none in %o',
    async (secret) => expect(await (await portsWith({ secret, asked: 0 })).settings()).toBeUndefined(),
  );
});

describe('a reply', () => {
  it('is for the one person alone, and leaves the message as it is', async () => {
    let sent: unknown;
    const slack = await serve(async (request, response) => {
      sent = JSON.parse(Buffer.concat(await request.toArray()).toString());
      response.end('ok');
    });
    await (await portsWith({ secret: settings, asked: 0 }, slack)).reply(`${slack}/response/1`, 'Too late.');
    expect(sent).toEqual({ response_type: 'ephemeral', replace_original: false, text: 'Too late.' });
  });

  it('that Slack refuses, redirects or does not take in time fails nothing', async () => {
    const asked: string[] = [];
    const slack = await serve((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/gone') response.writeHead(404).end();
      if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const ports = await portsWith({ secret: settings, asked: 0 }, slack);
    for (const path of ['/gone', '/moved', '/silent']) await ports.reply(`${slack}${path}`, 'x');
    expect(asked).toEqual(['/gone', '/moved', '/silent']);
  });

  it('goes nowhere but to Slack', async () => {
    let asked = 0;
    const stranger = await serve((_, response) => response.end(String(asked++)));
    await (await portsWith({ secret: settings, asked: 0 })).reply(`${stranger}/x`, 'x');
    expect(asked).toBe(0);
  });
});
