import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentReport } from '@dropforge/events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import type { AgentOptions } from './options.ts';
import { type FakeCloud, startFakeCloud } from './testing/fake-cloud.ts';
import {
  type FakeRelease,
  type FakeReleaseOptions,
  fakeClasses,
  fakeImage,
  writeFakeRelease,
} from './testing/fake-release.ts';
import { logitsOf } from './testing/fake-runner.ts';

let directory: string;
let cloud: FakeCloud;
let agent: Agent | undefined;

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-agent-'));
  cloud = await startFakeCloud();
});
afterEach(async () => {
  await agent?.settled;
  await agent?.close();
  agent = undefined;
  cloud.close();
  await rm(directory, { recursive: true });
});
afterAll(() => {
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
});

/** Starts an agent with a new delivery on the same device. */
async function deliver(options: FakeReleaseOptions, fields: Partial<AgentOptions> = {}): Promise<Agent> {
  await agent?.settled;
  await agent?.close();
  const delivered = await writeFakeRelease(join(directory, `delivery-${options.seed}`), options);
  agent = await startAgent({ ...agentOptions(delivered), ...fields }, { log: () => undefined });
  return agent;
}

function agentOptions(delivered: FakeRelease): AgentOptions {
  return {
    release: delivered.releasePath,
    artifact: delivered.artifactPath,
    delivery: delivered.delivery,
    signingKeys: delivered.keysPath,
    work: join(directory, 'work'),
    thing: 'device-1',
    agentVersion: '0.1.0-test',
    architecture: 'x86_64',
    runnerPrefix: [],
    port: 0,
    watchMilliseconds: 10,
    watchChecks: 4,
    predictTimeoutMilliseconds: 5_000,
    selfTestTimeoutMilliseconds: 5_000,
    heartbeatSeconds: 60,
    region: 'eu-west-1',
    iotEndpoint: cloud.url,
  };
}

interface Answer {
  readonly modelId?: string;
  readonly class?: string;
  readonly logits?: number[];
}

async function predict({ predictUrl }: Agent, image: Uint8Array) {
  const response = await fetch(`${predictUrl}/predict`, { method: 'POST', body: Buffer.from(image) });
  return { status: response.status, body: (await response.json()) as Answer }; // compared by each test
}

async function expectAnswersOf(seed: number, current: Agent) {
  const logits = logitsOf(fakeImage(9), seed, fakeClasses.length);
  const { status, body } = await predict(current, fakeImage(9));
  expect({ status, modelId: body.modelId, logits: body.logits }).toEqual({
    status: 200,
    modelId: `flowers-${seed}`,
    logits,
  });
  expect(body.class).toBe(fakeClasses[logits.indexOf(Math.max(...logits))]);
}

describe('the agent', () => {
  it('takes a first model, answers with it and says so', async () => {
    const current = await deliver({ seed: 1 });
    await current.settled;
    await expectAnswersOf(1, current);
    const report = await cloud.waitFor(({ status }) => status === 'committed');
    expect(agentReport.message.parse({ thing: 'device-1', ...report })).toMatchObject({
      candidate: { modelId: 'flowers-1', attempt: 1 },
      activeModel: { modelId: 'flowers-1' },
      architecture: 'x86_64',
      predictUrl: current.predictUrl,
    });
  });

  it('takes the next model into the other slot and lets the old one answer meanwhile', async () => {
    await (await deliver({ seed: 1 })).settled;
    const current = await deliver({ seed: 2 });
    await expectAnswersOf(1, current);
    await current.settled;
    await expectAnswersOf(2, current);
  });

  it('does not begin a delivery again that came to an end', async () => {
    await (await deliver({ seed: 1 })).settled;
    await cloud.waitFor(({ status }) => status === 'committed');
    await (await deliver({ seed: 1 })).settled;
    await cloud.waitFor(({ status, candidate }) => status === 'alive' && !candidate);
    expect(cloud.reports.filter(({ status }) => status === 'committed')).toHaveLength(1);
  });

  it.each([
    ['fails-self-test', 'SELF_TEST_FAILED'],
    ['crashes-when-asked', 'RUNNER_CRASHED'],
    ['wrong-when-asked', 'WRONG_ANSWER'],
    ['wrong-later', 'WRONG_ANSWER'],
    ['silent', 'RUNNER_SILENT'],
  ] as const)('goes back to the old model when the new runner %s', async (behaviour, code) => {
    await (await deliver({ seed: 1 })).settled;
    const current = await deliver({ seed: 2, behaviour }, { predictTimeoutMilliseconds: 300 });
    await current.settled;
    await expectAnswersOf(1, current);
    const report = await cloud.waitFor(({ status }) => status === 'reverted');
    expect(report).toMatchObject({
      reason: { code },
      candidate: { modelId: 'flowers-2' },
      activeModel: { modelId: 'flowers-1' },
    });
    const again = await deliver({ seed: 2, behaviour });
    await again.settled;
    await expectAnswersOf(1, again);
  });

  it.each<[string, string, Partial<FakeReleaseOptions>, Partial<AgentOptions>]>([
    ['another key signed', 'SIGNATURE_INVALID', { signedBy: generateKeyPairSync('ed25519').privateKey }, {}],
    ['is older than what it has', 'DELIVERY_OUTDATED', { claims: { counter: 4 } }, {}],
    ['has expired', 'DELIVERY_EXPIRED', { claims: { expiresAt: '2025-12-31T00:00:00.000Z' } }, {}],
    ['is of another release than was signed', 'DIGEST_MISMATCH', { claims: { releaseDigest: 'ab'.repeat(32) } }, {}],
    ['nobody can vouch for', 'SIGNING_KEYS_MISSING', {}, { signingKeys: '/no/such/file' }],
  ])('keeps its model and says why, when it is given a delivery that %s', async (_, code, options, fields) => {
    await (await deliver({ seed: 5 })).settled;
    const current = await deliver({ seed: 6, ...options }, fields);
    await current.settled;
    await expectAnswersOf(5, current);
    const report = await cloud.waitFor(({ status }) => status === 'reverted');
    expect(agentReport.message.parse({ thing: 'device-1', ...report })).toMatchObject({
      ...{ reason: { code }, candidate: { modelId: 'flowers-6' }, activeModel: { modelId: 'flowers-5' } },
    });
  });

  it('does not take an old delivery again, whole as it is', async () => {
    await (await deliver({ seed: 1 })).settled;
    await (await deliver({ seed: 2 })).settled;
    const current = await deliver({ seed: 1 });
    await current.settled;
    await expectAnswersOf(2, current);
    expect((await cloud.waitFor(({ status }) => status === 'reverted')).reason?.code).toBe('DELIVERY_OUTDATED');
  });

  it('goes back to an older model that is delivered anew', async () => {
    await (await deliver({ seed: 1 })).settled;
    await (await deliver({ seed: 2 })).settled;
    const current = await deliver({ seed: 1, attempt: 2, claims: { counter: 3 } });
    await current.settled;
    await expectAnswersOf(1, current);
  });

  it('takes the delivery before again, after a newer one that failed on the device', async () => {
    await (await deliver({ seed: 1 })).settled;
    await (await deliver({ seed: 2, behaviour: 'fails-self-test' })).settled;
    const committed = () => cloud.reports.filter(({ status }) => status === 'committed').length;
    expect(committed()).toBe(1);
    await expectAnswersOf(1, await deliver({ seed: 1 }));
    await agent?.settled;
    await expect.poll(committed).toBe(2);
  });

  it('lets its model answer when a delivery is not even readable', async () => {
    await (await deliver({ seed: 1 })).settled;
    const current = await deliver({ seed: 2 }, { delivery: 'eyJhbGciOiJub25lIn0.e30.' });
    await current.settled;
    await expectAnswersOf(1, current);
  });

  it('says failed, not reverted, when there was no model before', async () => {
    const current = await deliver({ seed: 1, behaviour: 'fails-self-test' });
    await current.settled;
    expect(await cloud.waitFor(({ status }) => status === 'failed')).toMatchObject({ activeModel: null });
    expect(await predict(current, fakeImage(0))).toMatchObject({ status: 503, body: { code: 'NO_MODEL' } });
  });

  it('refuses a model that was not built for the device', async () => {
    await (await deliver({ seed: 1 }, { architecture: 'armv7l' })).settled;
    expect((await cloud.waitFor(({ status }) => status === 'failed')).reason?.code).toBe('TARGET_MISSING');
  });

  it("runs the accelerator's build on a device that has one, and the processor's once the bitstream is gone", async () => {
    const targets = ['armv7l', 'fpga'];
    const runnerOf = async ({ predictUrl }: Agent) => {
      const { runnerPid } = (await (await fetch(`${predictUrl}/health`)).json()) as { runnerPid: number };
      return /bin\/(\w+)\/dropforge-run/.exec(await readFile(`/proc/${runnerPid}/cmdline`, 'utf8'))?.[1];
    };
    const current = await deliver({ seed: 1, targets }, { architecture: 'fpga' });
    await current.settled;
    await expectAnswersOf(1, current);
    expect((await cloud.waitFor(({ status }) => status === 'committed')).architecture).toBe('fpga');
    expect(await runnerOf(current)).toBe('fpga');
    const rebooted = await deliver({ seed: 1, targets }, { architecture: 'armv7l' });
    await rebooted.settled;
    await expectAnswersOf(1, rebooted);
    expect(await runnerOf(rebooted)).toBe('armv7l');
  });

  it('keeps its verdict while the cloud is away and sends it later', async () => {
    cloud.status = 503;
    await (await deliver({ seed: 1 })).settled;
    cloud.status = 200;
    await deliver({ seed: 1 });
    expect(await cloud.waitFor(({ status }) => status === 'committed')).toMatchObject({
      candidate: { modelId: 'flowers-1' },
    });
  });

  it('starts a runner again that died', async () => {
    const current = await deliver({ seed: 1 });
    await current.settled;
    const health = await (await fetch(`${current.predictUrl}/health`)).json();
    const { runnerPid } = health as { runnerPid: number }; // a fetched body has no type
    process.kill(runnerPid, 'SIGKILL');
    await expect.poll(async () => (await predict(current, fakeImage(9))).status, { timeout: 5_000 }).toBe(200);
    await expectAnswersOf(1, current);
  });

  it('answers with the model before when the active slot is damaged, then takes the delivery again', async () => {
    await (await deliver({ seed: 1 })).settled;
    await (await deliver({ seed: 2 })).settled;
    const runner = join(directory, 'work/slots/b/bin/x86_64/dropforge-run');
    await chmod(runner, 0o755);
    await writeFile(runner, '#!/bin/sh\nexit 1\n');
    const current = await deliver({ seed: 2 });
    await expectAnswersOf(1, current);
    await current.settled;
    await expectAnswersOf(2, current);
  });

  it('survives a state file that cannot be read', async () => {
    await (await deliver({ seed: 1 })).settled;
    await agent?.close();
    await writeFile(join(directory, 'work/state.json'), '{"format":"dropf');
    await expectAnswersOf(1, await deliver({ seed: 1 }));
  });

  it('refuses images of the wrong size and unknown routes with a problem document', async () => {
    const current = await deliver({ seed: 1 });
    await current.settled;
    expect(await predict(current, new Uint8Array(47))).toMatchObject({
      status: 400,
      body: { code: 'IMAGE_SIZE_WRONG' },
    });
    expect(await predict(current, new Uint8Array(100_000))).toMatchObject({ status: 400 });
    expect((await fetch(`${current.predictUrl}/etc/passwd`)).status).toBe(404);
  });

  it('answers many programs at once, each with its own image', async () => {
    const current = await deliver({ seed: 1 });
    await current.settled;
    const answers = await Promise.all(Array.from({ length: 30 }, (_, salt) => predict(current, fakeImage(salt))));
    const expected = answers.map((_, salt) => logitsOf(fakeImage(salt), 1, fakeClasses.length));
    expect(answers.map(({ body }) => body.logits)).toEqual(expected);
  });
});
