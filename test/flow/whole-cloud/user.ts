/** What a user of the cloud does and sees: drops, runs, messages. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type _Object,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { RunView } from '@dropforge/api-contract';
import type { Cloud, EventInput } from '@dropforge/local';
import { runIdOfDrop } from '@dropforge/pipeline-state';
import type { News } from './news.ts';

const Bucket = 'dropforge';

export type User = ReturnType<typeof userOf>;

/** With `news` of the cloud it is asked less often. */
export function userOf({ endpoints, environment }: Pick<Cloud, 'endpoints' | 'environment'>, news?: News) {
  const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID: accessKeyId = '' } = environment;
  const credentials = { accessKeyId, secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '' };
  const options = { endpoint: endpoints.aws, region, credentials };
  const s3 = new S3Client(options);
  const put = (Key: string, Body: Buffer | string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const show = async (runId: string): Promise<RunView | undefined> => {
    const response = await fetch(`${endpoints.api}/runs/${runId}`);
    return response.ok ? ((await response.json()) as RunView) : undefined; // the API answers in its own contract
  };
  return {
    ...{ options, put, show },
    /** Puts an archive into `drops/<project>/<drop>/`, its recipe first, and gives the run that begins. */
    async drop(folder: string, archive: Buffer | string, recipe?: string): Promise<string> {
      const key = `drops/${folder}/drop.zip`;
      if (recipe !== undefined) await put(`drops/${folder}/recipe.yaml`, recipe);
      const { VersionId = '', ETag = '' } = await put(key, archive);
      return runIdOfDrop(Bucket, key, VersionId || ETag.replaceAll('"', ''));
    },
    /** The event that S3 sends for an object. */
    async objectCreated(key: string): Promise<EventInput> {
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
      const { ContentLength: size, ETag = '', VersionId } = head;
      const object = { key, size, etag: ETag.replaceAll('"', ''), 'version-id': VersionId };
      const detail = { version: '0', bucket: { name: Bucket }, object, reason: 'PutObject' };
      return { source: 'aws.s3', detailType: 'Object Created', detail };
    },
    /** The run when nothing happens to it any more. */
    ended(runId: string): Promise<RunView> {
      let last: RunView | undefined;
      const what = () => `${runId} has ended; it is ${last?.state} after ${JSON.stringify(last?.history)}`;
      const ask = async () => {
        last = await show(runId);
        return last?.ended ? last : undefined;
      };
      return until(what, whenNew(news, runId, ask));
    },
    reaches(runId: string, state: string): Promise<true> {
      const ask = async () => (await show(runId))?.history.some(({ to }) => to === state) || undefined;
      return until(`${runId} is ${state}`, whenNew(news, runId, ask));
    },
    async read(Key: string): Promise<Buffer> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async keys(Prefix: string): Promise<string[]> {
      const { Contents = [] as _Object[] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    /** How many runs a project has. */
    async runsOf(project: string): Promise<number> {
      const { runs } = (await (await fetch(`${endpoints.api}/runs?project=${project}`)).json()) as { runs: unknown[] }; // the API's contract
      return runs.length;
    },
    /** Clicks on a button of a run's message, on the page of Slack's sink; several times at once, as some people do. */
    async click(runId: string, label: string, times = 1): Promise<void> {
      const [ts = '', action = ''] = await until(`${runId} has a button ${label}`, async () => {
        const page = await (await fetch(endpoints.slack ?? '')).text();
        const article = page.split('<article>').find((one) => one.includes(runId)) ?? '';
        const forms = [
          ...article.matchAll(/name="ts" value="([^"]+)".*?name="action" value="([^"]+)".*?<button[^>]*>([^<]+)</g),
        ];
        return forms.find(([, , , text]) => text === label)?.slice(1);
      });
      const body = new URLSearchParams({ ts, action });
      const click = () => fetch(`${endpoints.slack}/click`, { method: 'POST', body, redirect: 'manual' });
      for (const { status } of await Promise.all(Array.from({ length: times }, click)))
        if (status !== 303) throw new Error(`the click on ${label} was answered with ${status}`);
    },
    /** The messages of Slack's sink, as text. */
    async messages(): Promise<string[]> {
      const messages = (await (await fetch(`${endpoints.slack}/messages`)).json()) as unknown[]; // the sink's own form
      return messages.map((message) => JSON.stringify(message));
    },
  };
}

/** Asks the first time, whenever the run was heard of since the last time, and now and then all the same. */
function whenNew<Answer>(news: News | undefined, runId: string, ask: () => Promise<Answer | undefined>): typeof ask {
  if (news === undefined) return ask;
  let asked = { at: Number.NEGATIVE_INFINITY, heard: 0 };
  return async () => {
    const now = { at: performance.now(), heard: news.about(runId) };
    if (now.heard === asked.heard && now.at < asked.at + 8 * lookMilliseconds) return undefined;
    asked = now;
    return ask();
  };
}

/** Below the time that vitest gives a test, so that what is missing is said. */
const patienceMilliseconds = 290_000;
const lookMilliseconds = 250;

/** Asks until there is an answer. Unlike `expect.poll` it may be used by tests that run side by side. */
export async function until<Answer>(
  what: string | (() => string),
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new Error(
        `In ${patienceMilliseconds / 1000} s it did not become true that ${typeof what === 'string' ? what : what()}.`,
      );
    await wait(lookMilliseconds);
  }
}
