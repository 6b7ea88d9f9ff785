import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIALS, REGION, type RunningS3, startS3 } from './testing/start-s3.ts';

const run = promisify(execFile);

/** Debian's Python first: its boto3 comes from the package python3-boto3. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

async function findPython(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    const hasBoto3 = await run(python, ['-c', 'import boto3']).then(
      () => true,
      () => false,
    );
    if (hasBoto3) return python;
  }
  return undefined;
}

const python = await findPython();
if (!python) console.warn('boto3 is not there, so its test is left out: apt-get install python3-boto3');

describe.skipIf(!python)('boto3, a client that shares no code with ours,', () => {
  let running: RunningS3;

  beforeAll(async () => {
    running = await startS3();
  });
  afterAll(() => running.dispose());

  test('uploads, in parts too, lists, downloads, copies and deletes', async () => {
    const script = join(import.meta.dirname, 'testing', 'boto3_client.py');
    const args = [script, running.endpoint, CREDENTIALS.accessKeyId, CREDENTIALS.secretAccessKey, REGION];
    const { stdout } = await run(python ?? '', args, { timeout: 50_000 });
    expect(stdout).toMatch(/^ok /);
  });
});
