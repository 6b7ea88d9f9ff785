import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCloud } from './start.ts';
import { description } from './testing/describe-fixture.ts';
import { clientOptions, countedEvents, fixtureFile } from './testing/fixture.ts';
import { stateFolder } from './testing/state-folder.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let directory = '';
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = stateFolder('kill');
});

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) await end(child, 'SIGKILL');
  // A bundler that the killed process had started may write for a moment longer.
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** Starts a cloud as a person would, on free ports, and waits until it says that it runs. */
async function startChild(gate: 'open' | 'closed') {
  const options = ['--directory', directory, '--file', fixtureFile, '--aws-port', '0', '--api-port', '0'];
  const env = { ...process.env, FIXTURE_GATE: gate, NODE_OPTIONS: '' };
  child = spawn(process.execPath, [main, ...options], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    lines.push(line);
    if (line.startsWith('Ctrl-C')) break;
  }
  const { environment } = JSON.parse(readFileSync(path.join(directory, 'cloud.json'), 'utf8'));
  return { child, environment: environment as Record<string, string>, output: lines.join('\n') }; // written by startCloud
}

async function end(process: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(process, 'exit');
  process.kill(signal);
  const [code] = await ended;
  return code;
}

describe('an embedded cloud in a process of its own', () => {
  it('that is killed between PutEvents and delivery delivers every event after the next start', async () => {
    const first = await startChild('closed');
    const client = new EventBridgeClient(clientOptions(first));
    const ids: (string | undefined)[] = [];
    for (let batch = 0; batch < 3; batch++) {
      const entry = { Source: 'test', DetailType: 'thing.held', Detail: '{}', EventBusName: 'fixture-dev' };
      const { Entries: entries = [] } = await client.send(new PutEventsCommand({ Entries: Array(10).fill(entry) }));
      ids.push(...entries.map(({ EventId }) => EventId));
    }
    await end(first.child, 'SIGKILL');

    const cloud = await startCloud({ directory, serverlessFile: fixtureFile });
    try {
      await expect.poll(() => cloud.owedDeliveries(), { timeout: 30_000 }).toBe(0);
      const delivered = await countedEvents(cloud, 'thing.held');
      expect(delivered.map(({ id }) => id).sort()).toEqual(ids.sort());
    } finally {
      await cloud.stop();
    }
  });

  it('that is killed keeps tables and objects', async () => {
    const first = await startChild('open');
    const s3 = new S3Client(clientOptions(first));
    await s3.send(new PutObjectCommand({ Bucket: 'fixture', Key: 'drops/kept', Body: 'kept' }));
    await expect
      .poll(() => countedEvents({ ...first, description }, 'Object Created'), { timeout: 30_000 })
      .toHaveLength(1);
    await end(first.child, 'SIGKILL');

    const second = await startChild('open');
    expect(await countedEvents({ ...second, description }, 'Object Created')).toHaveLength(1);
  });

  it('prints its endpoints and what to try, and stops cleanly when it is told to', async () => {
    const { child: running, environment, output } = await startChild('open');
    expect(output).toContain(environment.AWS_ENDPOINT_URL);
    expect(output).toContain('aws s3 cp my.zip s3://fixture/drops/');
    expect(await end(running, 'SIGTERM')).toBe(0);
  });
});
