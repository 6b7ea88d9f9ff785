import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BrokenCloud, startBrokenCloud } from './broken-cloud.ts';

const page = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');
const planted = { token: 'xoxb-planted-000000-secret', channel: 'C0', signingSecret: 'planted-signing-secret' };
const forged = 'cat\n{"level":"ERROR","code":"FORGED"}\u001b[2J\u202e';

const patience = { timeout: 60_000, interval: 100 };

let world: BrokenCloud;
let runId = '';

beforeAll(async () => {
  world = await startBrokenCloud();
  const { cloud } = world;
  const slack = cloud.description.secrets.find(({ name }) => /slack/i.test(name));
  cloud.secrets.set(slack?.name ?? '', JSON.stringify(planted));
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = cloud.environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = cloud.environment;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  await s3.send(new PutObjectCommand({ Bucket: 'dropforge', Key: `drops/pets/x/${forged}/1.png`, Body: 'x' }));
  runId = await world.drop(['cat', 'dog']);
  const logged = (wanted: Record<string, unknown>) => () =>
    expect(lines()).toContainEqual(expect.objectContaining(wanted));
  // The notifier has letters of its own: Slack refuses the planted token.
  const letters = () => JSON.stringify(world.cloud.queues.list('dropforge-dev-dead-letters', -1));
  await vi.waitFor(() => expect(letters()).toContain('dataset-validator-validate:$LATEST'), patience);
  world.mend();
  await world.dropforge('dead-letters', 'redrive', '--all');
  await vi.waitFor(logged({ said: 'config.rejected' }), patience);
  await vi.waitFor(logged({ code: 'DROP_NOT_COMPLETE' }), patience);
});
afterAll(() => world.stop());

/** Everything in the log files, the time before each line taken off. */
const texts = () => {
  const folder = join(world.directory, 'logs');
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(line.indexOf(' ') + 1)),
  );
};
/** Our own lines; the runtime's are no JSON. */
const lines = (): Record<string, unknown>[] =>
  texts()
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text));

describe('the log of a run', () => {
  it('has in every line what its page says is in every line', () => {
    const promised = [...page.matchAll(/^\| `(\w+)` \| every line \|/gm)].map(([, name = '']) => name);
    expect(promised).toEqual(
      expect.arrayContaining([
        'level',
        'code',
        'message',
        'timestamp',
        'function',
        'requestId',
        'eventId',
        'eventType',
      ]),
    );
    const incomplete = lines().filter((line) => promised.some((name) => line[name] === undefined));
    expect(incomplete).toEqual([]);
    expect(lines().length).toBeGreaterThan(5);
  });

  it('has codes and fields of the page alone', () => {
    const codes = new Set([...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code));
    expect(lines().filter(({ code }) => !codes.has(String(code)))).toEqual([]);
    const fields = new Set([...page.matchAll(/`([a-zA-Z]+)`/g)].map(([, name]) => name));
    expect(
      lines()
        .flatMap((line) => Object.keys(line))
        .filter((name) => !fields.has(name)),
    ).toEqual([]);
  });

  it('tells the way of the run by its id: moved, failed three times, sent again, moved', () => {
    const about = lines().filter((line) => line.runId === runId && /validator|renderer/.test(String(line.function)));
    expect(about.filter(({ attempt }) => attempt !== 1)).toEqual([]);
    const way = about
      .toSorted((a, b) => String(a.timestamp).localeCompare(String(b.timestamp)))
      .map(({ code, eventType, said }) => [code, eventType, said].filter(Boolean).join(' '));
    expect(way).toEqual([
      'RUN_MOVED Object Created dataset.received',
      ...Array.from({ length: 3 }, () => 'STEP_FAILED dataset.received'),
      'RUN_MOVED dataset.received dataset.validated',
      'RUN_MOVED dataset.validated config.rejected',
    ]);
    const failures = about.filter(({ code }) => code === 'STEP_FAILED');
    expect(new Set(failures.map(({ requestId }) => requestId)).size).toBe(1);
    expect(failures[0]).toMatchObject({ level: 'ERROR', eventId: `${runId}.t1.dataset.received` });
  });

  it('cannot be forged by the name of a class', () => {
    const keys = lines().flatMap(({ code, key }) => (code === 'DROP_NOT_COMPLETE' ? [String(key)] : []));
    expect(keys.filter((key) => key.includes('"code":"FORGED"'))).not.toEqual([]);
    expect(lines().filter(({ code }) => code === 'FORGED')).toEqual([]);
    expect(texts().join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it('holds no secret', () => {
    for (const secret of [planted.token, planted.signingSecret]) expect(texts().join('\n')).not.toContain(secret);
  });
});
