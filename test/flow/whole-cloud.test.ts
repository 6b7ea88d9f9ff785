import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '@dropforge/local';
import { runIdOfDrop, runIdOfRequest } from '@dropforge/pipeline-state';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateFolder } from '../../local/src/testing/state-folder.ts';
import { rawZip, zipOf } from '../../shared/datasets/src/testing/archives.ts';
import { catsAndDogs, type Files, folderOf, picture } from '../../shared/datasets/src/testing/pictures.ts';
import { type Behaviour, recipeFor } from './whole-cloud/behaviours.ts';
import { createNews } from './whole-cloud/news.ts';
import { slots } from './whole-cloud/slots.ts';
import { startFlowCloud } from './whole-cloud/start-flow-cloud.ts';
import { type User, until, userOf } from './whole-cloud/user.ts';

let directory = '';
let cloud: Cloud;
let user: User;
/** As many as serverless.yml gives. */
const training = slots(2);
const runs: string[] = [];

beforeAll(async () => {
  directory = stateFolder('flow');
  const news = createNews();
  cloud = await startFlowCloud(directory, news.listen);
  user = userOf(cloud, news);
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Drops an archive and gives the run when it has ended. */
async function run(drop: string, archive: Buffer | string, recipe = recipeFor('does well')) {
  const runId = await user.drop(`flow/${drop}`, archive, recipe);
  runs.push(runId);
  return user.ended(runId);
}

const codes = ({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code);
const movesOf = ({ history }: { history: { to?: string | undefined }[] }) => history.map(({ to }) => to);

/** Names of the jobs that a run has had, of both kinds. */
function jobsOf(runId: string): string[] {
  const jobs = ['training', 'processing'].flatMap((kind) => readdirSync(join(directory, 'sagemaker', kind)));
  return jobs.filter((name) => name.includes(runId));
}

describe.concurrent('a good drop', () => {
  it('becomes a model that passed the gate, through every stage and with one job of each kind', async () => {
    const view = await training(async () => run('good', await zipOf(await catsAndDogs())));
    expect(view).toMatchObject({ state: 'finished', reasons: [], model: { accuracy: 1 } });
    expect(movesOf(view)).toEqual([
      ...['received', 'validated', 'configured', 'training', 'trained'],
      ...['converting', 'converted', 'awaiting-approval', 'finished'],
    ]);
    expect(jobsOf(view.runId)).toEqual([`df-dev-train-${view.runId}-t1`, `df-dev-convert-${view.runId}-t1`]);
    const release = JSON.parse((await user.read(`models/${view.model?.modelId}/release.json`)).toString());
    expect(release).toMatchObject({ modelDigest: view.model?.modelDigest, classes: ['cat', 'dog'] });
  });

  it('may have classes with any name', async () => {
    const files = { ...(await folderOf('Ünïcode 猫', 6)), ...(await folderOf('dog', 6)) };
    const view = await training(async () => run('unicode', await zipOf(files)));
    expect(view.state).toBe('finished');
    const release = JSON.parse((await user.read(`models/${view.model?.modelId}/release.json`)).toString());
    expect(release.classes).toEqual(['dog', 'Ünïcode 猫'.normalize('NFC')]);
  });
});

describe.concurrent('a drop that cannot be trained on is rejected with its reasons, and stays as it is:', () => {
  const healthy = catsAndDogs().then(zipOf);
  const cases: Record<string, () => Promise<Buffer | string>> = {
    'an empty archive → ARCHIVE_EMPTY': () => zipOf({}),
    'an archive cut in half → ARCHIVE_DAMAGED': async () => (await healthy).subarray(0, (await healthy).length / 2),
    'a text file named .zip → NOT_AN_ARCHIVE': async () => 'These are the images that you asked for.\n',
    'a zip with a password → ARCHIVE_ENCRYPTED': async () =>
      rawZip([{ name: 'cat/0.png', packed: Buffer.alloc(64, 7), size: 50, flags: 1 }]),
    'names that climb out → UNSAFE_PATH': async () => rawZip([{ name: '../../etc/passwd', packed: await picture(1) }]),
    '70 classes with one image each → TOO_FEW_IMAGES': async () => {
      const classes: Files = {};
      for (let index = 0; index < 70; index++) classes[`class-${index}/only.png`] = await picture(1_000 + index, 'png');
      return zipOf(classes);
    },
  };
  it.each(Object.entries(cases))('%s', async (name, archive) => {
    const [, code = ''] = name.split(' → ');
    const bytes = await archive();
    const view = await run(code, bytes);
    expect(view.state).toBe('rejected');
    expect(codes(view)).toContain(code);
    for (const reason of view.reasons) expect(reason.action).toMatch(/\w+.*\.$/);
    expect(await user.read(`drops/flow/${code}/drop.zip`)).toEqual(Buffer.from(bytes));
    expect(jobsOf(view.runId)).toEqual([]);
  });
});

describe.concurrent('a recipe', () => {
  it('with five mistakes is rejected with all five, each at its place, before anything is spent', async () => {
    const recipe = 'imageSize: 40\noptimizer: {name: adm, learningRate: fast}\nschedule: cosin\nbatch_size: 64\n';
    const view = await run('mistakes', await zipOf(await catsAndDogs(4)), recipe);
    expect(view.state).toBe('rejected');
    expect(view.reasons.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'IMAGE_SIZE_DIVISOR recipe.yaml:1:12',
      'VALUE_UNKNOWN recipe.yaml:2:19',
      'VALUE_WRONG_TYPE recipe.yaml:2:38',
      'VALUE_UNKNOWN recipe.yaml:3:11',
      'FIELD_UNKNOWN recipe.yaml:4:1',
    ]);
    expect(jobsOf(view.runId)).toEqual([]);
  });

  it('with an image size of 33 is told the sizes next to it', async () => {
    const view = await run('size-33', await zipOf(await catsAndDogs(4)), 'imageSize: 33\n');
    expect(view.state).toBe('rejected');
    expect(view.reasons).toMatchObject([{ code: 'IMAGE_SIZE_DIVISOR', action: 'Use 32 or 48.' }]);
  });
});

describe.concurrent('a job that goes wrong ends its run with a reason:', () => {
  const cases: [Behaviour, string, string, string][] = [
    ['says why it fails', 'failed', 'DIVERGED', 'Lower the learning rate.'],
    ['is killed', 'failed', 'KILLED', 'memory'],
    ['says nothing', 'failed', 'OUTPUT_MISSING', 'retry'],
    ['lacks every compiler', 'failed', 'COMPILER_MISSING', 'Install gcc-arm-linux-gnueabihf.'],
    ['lacks a compiler', 'rejected', 'TARGET_FAILED', 'Read the conversion log'],
  ];
  it.each(cases)('one that %s → %s, %s', async (behaviour, state, code, action) => {
    const archive = await zipOf(await catsAndDogs(4));
    const view = await training(() => run(behaviour.replaceAll(' ', '-'), archive, recipeFor(behaviour)));
    expect(view.state).toBe(state);
    expect(view.reasons).toMatchObject([{ code, action: expect.stringContaining(action) }]);
  });
});

describe.concurrent('a run that is called off', () => {
  it('stops its job, and is over for good', async () => {
    await training(async () => {
      const runId = await user.drop('flow/called-off', await zipOf(await catsAndDogs(6)), recipeFor('must be stopped'));
      await user.reaches(runId, 'training');
      const response = await fetch(`${cloud.endpoints.api}/runs/${runId}/cancel`, { method: 'POST' });
      // The API's contract has its own tests.
      expect([response.status, ((await response.json()) as { state: string }).state]).toEqual([200, 'cancelled']);
      const record = join(directory, 'sagemaker', 'training', `df-dev-train-${runId}-t1`, 'job.json');
      await until(
        'its job is stopped',
        async () => JSON.parse(readFileSync(record, 'utf8')).status === 'Stopped' || undefined,
      );
      const retried = await fetch(`${cloud.endpoints.api}/runs/${runId}/retry`, { method: 'POST' });
      expect([retried.status, ((await retried.json()) as { code: string }).code]).toEqual([409, 'NOT_POSSIBLE_NOW']);
    });
  });
});

describe.concurrent('a run is started', () => {
  it('by POST /runs and by PutEvents, on a drop and on the dataset that came of it', async () => {
    const drop = 'drops/flow/asked/drop.zip';
    const first = await training(async () => run('asked', await zipOf(await catsAndDogs(5))));
    const recipe = recipeFor('does well');
    const posted = training(async () => {
      const response = await fetch(`${cloud.endpoints.api}/runs`, {
        method: 'POST',
        headers: { 'idempotency-key': 'again', 'content-type': 'application/json' },
        body: JSON.stringify({ project: 'flow', source: { drop }, recipe }),
      });
      expect(response.status).toBe(201);
      expect(await response.json()).toMatchObject({ runId: runIdOfRequest('flow', 'again') });
      return user.ended(runIdOfRequest('flow', 'again'));
    });
    const said = training(async () => {
      const source = { dataset: first.dataset?.digest };
      const Detail = JSON.stringify({ project: 'flow', idempotencyKey: 'partner-1', source, recipe });
      const entry = { EventBusName: cloud.description.buses[0], Source: 'partner', DetailType: 'training.requested' };
      await new EventBridgeClient(user.options).send(new PutEventsCommand({ Entries: [{ ...entry, Detail }] }));
      return user.ended(runIdOfRequest('flow', 'partner-1'));
    });
    for (const view of await Promise.all([posted, said])) {
      runs.push(view.runId);
      expect(view).toMatchObject({ state: 'finished', dataset: { digest: first.dataset?.digest } });
    }
  });

  it('by _READY, which closes loose files', async () => {
    const view = await training(async () => {
      const files = { ...(await catsAndDogs(3)), 'recipe.yaml': recipeFor('says why it fails') };
      for (const [path, content] of Object.entries(files)) await user.put(`drops/loose/one/${path}`, content);
      expect(await user.runsOf('loose')).toBe(0);
      const { VersionId = '' } = await user.put('drops/loose/one/_READY', '');
      return user.ended(runIdOfDrop('dropforge', 'drops/loose/one/_READY', VersionId));
    });
    expect(view).toMatchObject({ drop: 'drops/loose/one/', dataset: { classes: 2 } });
    expect(codes(view)).toEqual(['DIVERGED']);
  });

  it('once by the same S3 event, however often that comes', async () => {
    const view = await training(async () => {
      const runId = await user.drop('twice/one', await zipOf(await catsAndDogs(4)), recipeFor('says why it fails'));
      const event = await user.objectCreated('drops/twice/one/drop.zip');
      cloud.putEvents([event, event]);
      return user.ended(runId);
    });
    await until('every event is delivered', async () => cloud.owedDeliveries() === 0 || undefined);
    expect(await user.runsOf('twice')).toBe(1);
    expect(jobsOf(view.runId)).toHaveLength(1);
  });
});

describe('in the end', () => {
  it('nothing is on its way, nothing lies among the dead letters', async () => {
    await expect.poll(() => cloud.owedDeliveries(), { timeout: 20_000 }).toBe(0);
    for (const { name } of cloud.description.queues) expect(cloud.queues.list(name)).toEqual([]);
  });

  it('Slack shows one message for every run, with the run’s last state', async () => {
    const messages = await user.messages();
    for (const runId of runs) {
      const own = messages.filter((message) => message.includes(runId));
      expect(own, runId).toHaveLength(1);
      const { state } = (await user.show(runId)) ?? {};
      const titles: Record<string, string> = { finished: 'the model is ready', rejected: 'rejected', failed: 'failed' };
      expect(own[0]).toContain(titles[state ?? '']);
    }
  });
});
