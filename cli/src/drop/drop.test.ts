import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runIdOfDrop } from '@dropforge/pipeline-state/flow';
import sharp from 'sharp';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toTraining, view } from '../testing/example-runs.ts';
import { type FakeApi, Problem, startFakeApi } from '../testing/fake-api.ts';
import { type FakeS3, startFakeS3 } from '../testing/fake-s3.ts';
import { type CommandOptions, runCommand } from '../testing/run-command.ts';

let directory = '';
let s3: FakeS3;
let api: FakeApi;
let looks = 0;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-drop-'));
  looks = 0;
  s3 = await startFakeS3();
  api = await startFakeApi({
    showRun: ({ path: asked }) =>
      looks++ < 2
        ? new Problem(404, 'NO_SUCH_RUN', 'There is no such run yet.')
        : view({ runId: asked.slice('/runs/'.length), state: 'received' }, ...toTraining.slice(0, 1)),
  });
  write('.dropforge/cloud.json', cloudFile(api.url, s3.url));
});

afterEach(() => {
  s3.close();
  api.close();
  rmSync(directory, { recursive: true });
});

function cloudFile(apiUrl: string, s3Url: string): string {
  const environment = {
    AWS_ENDPOINT_URL: s3Url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  return JSON.stringify({ pid: process.pid, endpoints: { api: apiUrl }, environment });
}

function write(name: string, content: string | Buffer): void {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const drop = (args: readonly string[], options: CommandOptions = {}) =>
  runCommand(['drop', ...args], { directory, ...options });
const sent = () => s3.requests.filter((request) => request.startsWith('P'));

/** Two classes; what is in the files is of no interest before they are validated. */
function writePets(): void {
  for (const name of ['cat/2.jpg', 'cat/1.jpg', 'dog/1.png', 'Ünïcode 猫/ä b.jpg', 'cat/.DS_Store', '.git/config'])
    write(`pets/${name}`, name);
}

async function entriesOf(archive: Buffer): Promise<[name: string, content: string][]> {
  const entries: [string, string][] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    expect(entry.header).toMatchObject({ uid: 0, gid: 0, mode: 0o644, mtime: new Date(0) });
    entries.push([entry.header.name, await text(entry)]);
  }
  return entries;
}

describe('a folder', () => {
  it('is sent as a tar, sorted and without litter, and names its run', async () => {
    writePets();
    const { code, out, err } = await drop(['pets']);
    const key = 'drops/pets/20260802-102000/20260802-102000.tar';
    const runId = runIdOfDrop('dropforge', key, 'v1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `Dropped s3://dropforge/${key}\nRun ${runId}\n\n  dropforge watch ${runId}\n  dropforge show ${runId}\n`,
    );
    expect(await entriesOf(s3.objects.get(`dropforge/${key}`) ?? Buffer.alloc(0))).toEqual(
      ['cat/1.jpg', 'cat/2.jpg', 'dog/1.png', 'Ünïcode 猫/ä b.jpg'].map((name) => [name, name]),
    );
    expect(api.requests.at(-1)?.route).toBe(`GET /runs/${runId}`);
  });

  it('gives the same bytes again', async () => {
    writePets();
    await drop(['pets', '--project', 'p', '--name', 'one']);
    await drop(['pets', '--project', 'p', '--name', 'two']);
    expect(s3.objects.get('dropforge/drops/p/one/one.tar')).toEqual(s3.objects.get('dropforge/drops/p/two/two.tar'));
  });

  it('sends its recipe before the archive', async () => {
    writePets();
    write('pets/recipe.yaml', 'batchSize: 32\n');
    const { code, json } = await drop(['pets', '--project', 'p', '--name', 'one', '--json']);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ bucket: 'dropforge', key: 'drops/p/one/one.tar', version: 'v2', state: 'received' });
    expect(sent()).toEqual(['PUT dropforge/drops/p/one/recipe.yaml', 'PUT dropforge/drops/p/one/one.tar']);
  });

  it('says so when the recipe of an earlier drop will be used', async () => {
    writePets();
    s3.objects.set('dropforge/drops/p/one/recipe.yaml', Buffer.from('batchSize: 8'));
    const { err } = await drop(['pets', '--project', 'p', '--name', 'one']);
    expect(err).toBe(
      'note: the recipe of an earlier drop lies there and is used: s3://dropforge/drops/p/one/recipe.yaml\n',
    );
  });

  it('is sent in parts when it is large', async () => {
    writePets();
    const large = randomBytes(9 * 1024 * 1024);
    write('pets/dog/large.png', large);
    const { code, err } = await drop(['pets', '--project', 'p', '--name', 'one'], { isTerminal: true });
    expect(code).toBe(0);
    expect(err).toMatch(/Sending {2}\[█+\] 100 % {2}9\.4 MB of 9\.4 MB/);
    expect(sent().filter((request) => request.endsWith('?part'))).toHaveLength(2);
    const archive = s3.objects.get('dropforge/drops/p/one/one.tar') ?? Buffer.alloc(0);
    expect(archive.includes(large)).toBe(true);
  });

  it('leaves links out, wherever they lead', async () => {
    writePets();
    symlinkSync('/etc/passwd', path.join(directory, 'pets/cat/3.jpg'));
    const { err } = await drop(['pets', '--project', 'p', '--name', 'one']);
    expect(err).toBe('note: 1 entry left out, as cat/3.jpg (a link).\n');
    expect((s3.objects.get('dropforge/drops/p/one/one.tar') ?? '').includes('root:')).toBe(false);
  });

  it('is decoded here first when that is asked for', async () => {
    const pixel = (r: number) =>
      sharp({ create: { width: 4, height: 4, channels: 3, background: { r, g: 0, b: 0 } } })
        .png()
        .toBuffer();
    for (let n = 0; n < 6; n++)
      for (const [label, name] of ['cat', 'dog'].entries())
        write(`pets/${name}/${n}.png`, await pixel(n * 20 + label * 10));
    expect((await drop(['pets', '--check'])).code).toBe(0);
    for (let n = 0; n < 6; n++) write(`pets/cat/${n}.png`, 'no image');
    const uploads = sent().length;
    const { code, err } = await drop(['pets', '--check']);
    expect(code).toBe(1);
    expect(err).toContain('error: The dataset would be rejected; nothing was sent. (DROP_UNFIT)');
    expect(err).toContain('(IMAGE_WRONG_TYPE)');
    expect(sent()).toHaveLength(uploads);
  });
});

describe('an archive', () => {
  it('is sent as it is', async () => {
    const zip = Buffer.from('PK\x05\x06 and what follows');
    write('May Flowers.ZIP', zip);
    const { code } = await drop(['May Flowers.ZIP', '--name', 'one']);
    expect(code).toBe(0);
    expect(s3.objects.get('dropforge/drops/May Flowers/one/one.zip')).toEqual(zip);
  });
});

describe('nothing is sent', () => {
  it.each([
    ['an empty folder', { 'd/.keep': '' }, ['d'], 'ARCHIVE_EMPTY'],
    ['a folder without images', { 'd/a.txt': 'x' }, ['d'], 'NO_IMAGES'],
    ['images side by side', { 'd/1.jpg': 'x', 'd/2.jpg': 'y' }, ['d'], 'LAYOUT_UNKNOWN'],
    ['one class only', { 'd/cat/1.jpg': 'x' }, ['d'], 'ONE_CLASS'],
    ['a text file named .zip', { 'a.zip': 'some text' }, ['a.zip'], 'NOT_AN_ARCHIVE'],
    ['an empty archive', { 'a.tar.gz': '' }, ['a.tar.gz'], 'ARCHIVE_EMPTY'],
    ['a kind of archive that is not read', { 'a.rar': 'Rar!' }, ['a.rar'], 'UNSUPPORTED_ARCHIVE'],
  ])('of %s', async (_, files: Record<string, string>, args, name) => {
    for (const [file, content] of Object.entries(files)) write(file, content);
    const { code, err } = await drop(args);
    expect(code).toBe(1);
    expect(err).toContain(`(${name})\n  where: ${directory}/${args[0]}\n  do: `);
    expect(s3.requests).toEqual([]);
  });

  it('with a recipe that has faults; all are named with their lines', async () => {
    writePets();
    write('bad.yaml', 'imageSize: 33\nbatchSiz: 3\nbudget: {epochs: 0}\noptimizer: adm\ntargets: [x86]\n');
    const { code, err } = await drop(['pets', '--recipe', 'bad.yaml']);
    expect(code).toBe(1);
    expect(err).toContain('error: The recipe has 5 faults; nothing was sent. (RECIPE_INVALID)');
    for (const line of [1, 2, 3, 4, 5])
      expect(err).toMatch(new RegExp(`where: bad.yaml:${line}:\\d+\\n +do: .*(32 or 48|batchSize|Use 1|adam|x86_64)`));
    expect(s3.requests).toEqual([]);
  });

  it('under a name that no key can carry', async () => {
    writePets();
    expect(await drop(['pets', '--project', '../x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('NAME_INVALID'),
    });
    expect(s3.requests).toEqual([]);
  });
});

describe('an upload that fails', () => {
  it('says where, and what to do', async () => {
    writePets();
    write('.dropforge/cloud.json', cloudFile(api.url, 'http://127.0.0.1:9'));
    const { code, err } = await drop(['pets']);
    expect(code).toBe(3);
    expect(err).toContain('(STORAGE_FAILED)\n  where: http://127.0.0.1:9');
  });

  it('by Ctrl-C starts nothing', async () => {
    writePets();
    const { code, err } = await drop(['pets'], { signal: AbortSignal.abort() });
    expect({ code, err }).toEqual({ code: 130, err: 'error: Interrupted. (INTERRUPTED)\n' });
    expect(sent()).toEqual([]);
  });
});
