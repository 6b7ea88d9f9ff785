import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateFolder } from '../../local/src/testing/state-folder.ts';
import { zipOf } from '../../shared/datasets/src/testing/archives.ts';
import { catsAndDogs } from '../../shared/datasets/src/testing/pictures.ts';
import { recipeFor } from './whole-cloud/behaviours.ts';
import { type User, until, userOf } from './whole-cloud/user.ts';

const program = fileURLToPath(new URL('./whole-cloud/cloud-process.ts', import.meta.url));

let directory = '';
let cloud: ChildProcess;
let user: User;

beforeEach(async () => {
  directory = stateFolder('killed');
  await start();
});
afterEach(async () => {
  await kill();
  // A bundler that the killed process had started may write for a moment longer.
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function start(): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  cloud = spawn(process.execPath, [program, directory], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (cloud.stdout) await once(cloud.stdout, 'data');
  user = userOf(JSON.parse(readFileSync(join(directory, 'cloud.json'), 'utf8')));
}

async function kill(): Promise<void> {
  const ended = once(cloud, 'exit');
  cloud.kill('SIGKILL');
  await ended;
}

async function killAndStart(): Promise<void> {
  await kill();
  await start();
}

/** By job: how often its program began. */
function begun(runId: string): Record<string, number> {
  const folders = ['training', 'processing'].map((kind) => join(directory, 'sagemaker', kind));
  const jobs = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return Object.fromEntries(
    jobs
      .filter((job) => job.includes(runId))
      .map((job) => [
        job.slice(job.lastIndexOf('/') + 1),
        readFileSync(join(job, 'log.txt'), 'utf8').split(' begins\n').length - 1,
      ]),
  );
}

describe('a cloud that is killed again and again', () => {
  it('ends its runs well after each start, with every job begun once and one message for each run', async () => {
    const slow = await user.drop('flow/slow', await zipOf(await catsAndDogs(5)), recipeFor('takes a while'));
    const quick = await user.drop('flow/quick', await zipOf(await catsAndDogs(5)), recipeFor('does well'));
    await killAndStart();
    // The edit comes after the notifier has noted which message is the run's; between the two there is no exactly once.
    await until('Slack shows both', async () => {
      const edited = (await user.messages()).filter((text) => !text.includes('"edits":0'));
      return edited.length === 2 || undefined;
    });
    await killAndStart();
    await user.reaches(slow, 'training');
    await killAndStart();
    await user.reaches(slow, 'converting');
    await killAndStart();
    for (const runId of [slow, quick]) {
      expect(await user.ended(runId)).toMatchObject({ state: 'finished', attempt: 1 });
      expect(begun(runId)).toEqual({ [`df-dev-train-${runId}-t1`]: 1, [`df-dev-convert-${runId}-t1`]: 1 });
    }
    await until('Slack shows both as ready', async () => {
      const ready = (await user.messages()).filter((text) => text.includes('the model is ready'));
      return ready.length === 2 || undefined;
    });
    expect(await user.messages()).toHaveLength(2);
  });
});
