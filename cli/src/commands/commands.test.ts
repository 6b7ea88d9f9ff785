import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dataset, model, modelDigest, runId, summary, toApproval, toTraining, view } from '../testing/example-runs.ts';
import { type FakeApi, type FakeRoute, listen, Problem, startFakeApi } from '../testing/fake-api.ts';
import { type CommandOptions, runCommand } from '../testing/run-command.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function withApi(fakes: Parameters<typeof startFakeApi>[0]) {
  const api: FakeApi = await startFakeApi(fakes);
  open.push(api);
  const run = (args: readonly string[], options: CommandOptions = {}) =>
    runCommand(['--api', api.url, ...args], options);
  return { api, run };
}

const noRun: FakeRoute = ({ path: asked }) => new Problem(404, 'NO_SUCH_RUN', `There is no run ${asked}.`);

describe('runs', () => {
  it('are listed, the newest first, page by page', async () => {
    const other = summary({
      runId: 'run-aaaaaaaaaaaaaaaaaaaa',
      project: '猫',
      state: 'deployed',
      ended: true,
      attempt: 2,
    });
    const { api, run } = await withApi({
      listRuns: ({ query }) => (query.cursor ? { runs: [other] } : { runs: [summary()], cursor: 'next' }),
    });
    expect(await run(['runs', '--project', 'flowers', '--limit', '2'])).toMatchObject({
      code: 0,
      err: '',
      out: [
        'RUN                       PROJECT  STATE     ATTEMPT  STARTED (UTC)',
        'run-mzxw6ytboi2gk3tdmfza  flowers  training  1        2026-08-02 10:15:00',
        'run-aaaaaaaaaaaaaaaaaaaa  猫       deployed  2        2026-08-02 10:15:00',
        '',
      ].join('\n'),
    });
    expect(api.requests.map(({ query }) => query)).toEqual([
      { limit: '2', project: 'flowers' },
      { limit: '1', project: 'flowers', cursor: 'next' },
    ]);
  });

  it('are nothing but JSON where that is asked for, before or after the command', async () => {
    const { run } = await withApi({ listRuns: () => ({ runs: [summary()] }) });
    for (const args of [
      ['runs', '--json'],
      ['--json', 'runs'],
    ])
      expect((await run(args)).json()).toEqual({ runs: [summary()] });
  });
});

describe('a run', () => {
  it('is shown with its stages and what to do next', async () => {
    const run = view({ state: 'awaiting-approval', drop: 'drops/flowers/may/may.tar', dataset, model }, ...toApproval);
    const { run: command } = await withApi({ showRun: () => run });
    expect((await command(['show', runId])).out).toBe(`\
Run      run-mzxw6ytboi2gk3tdmfza
Project  flowers
State    awaiting-approval
Started  2026-08-02 10:15:00 UTC
Drop     drops/flowers/may/may.tar
Dataset  10 classes, 60,000 + 10,000 images, 3 left out
Model    flowers-abababab-mzxw6y
         accuracy 91.2 %, agrees on x86_64, aarch64, armv7l

✓ Dataset            3.2 s  10 classes, 60,000 + 10,000 images, 3 left out
✓ Configuration      0.8 s
✓ Training      1 min 01 s
✓ Conversion        15.5 s
✓ Verification       1.5 s  accuracy 91.2 %, agrees on x86_64, aarch64, armv7l
· Approval      3 min 38 s  waits for a person

Timeline (UTC)
  2026-08-02 10:15:00    dataset.received      → received
  2026-08-02 10:15:03    dataset.validated     → validated
  2026-08-02 10:15:04    config.rendered       → configured
  2026-08-02 10:15:05    training.started      → training
  2026-08-02 10:16:05    training.completed    → trained
  2026-08-02 10:16:06    conversion.started    → converting
  2026-08-02 10:16:20    conversion.completed  → converted
  2026-08-02 10:16:22    model.validated       → awaiting-approval

Next: dropforge approve run-mzxw6ytboi2gk3tdmfza
`);
  });

  it('is told with every reason when it was refused, and what strangers wrote cannot forge the screen', async () => {
    const reasons = [
      {
        code: 'EMPTY_CLASS',
        message: 'A class has no images: \u001b[2Jcat.',
        where: 'train/cat\nsneaky',
        action: 'Add images.',
      },
      { code: 'ONE_CLASS', message: 'There is only one class.' },
    ];
    const run = view(
      { state: 'rejected', ended: true, reasons },
      [0, 'dataset.received', 'received'],
      [2, 'dataset.rejected', 'rejected'],
    );
    const { run: command } = await withApi({ showRun: () => run });
    const { out } = await command(['show', runId]);
    expect(out).toContain('✗ Dataset            2.0 s  rejected');
    expect(out).toContain('- A class has no images: \uFFFD[2Jcat. (EMPTY_CLASS)\n    where: train/cat');
    expect(out).toContain('- There is only one class. (ONE_CLASS)');
  });

  it('is found by the beginning of its id, and by "latest"', async () => {
    const { api, run } = await withApi({
      listRuns: () => ({ runs: [summary(), summary({ runId: 'run-mzaaaaaaaaaaaaaaaaaa' })] }),
      showRun: () => view({}, ...toTraining),
    });
    for (const given of ['run-mzx', 'MZX']) {
      expect((await run(['show', given])).code).toBe(0);
      expect(api.requests.at(-1)?.route).toBe(`GET /runs/${runId}`);
    }
    const { run: runLatest } = await withApi({
      listRuns: () => ({ runs: [summary()] }),
      showRun: () => view({}, ...toTraining),
    });
    expect((await runLatest(['show', 'latest'])).out).toContain(runId);
    expect(await run(['show', 'mz'])).toMatchObject({
      code: 2,
      err: `error: 2 runs begin with "mz". (RUN_AMBIGUOUS)\n  do: Give more of the id: ${runId}, run-mzaaaaaaaaaaaaaaaaaa.\n`,
    });
  });

  it('that is unknown is answered with the likeliest one', async () => {
    const { run } = await withApi({ showRun: noRun, listRuns: () => ({ runs: [summary()] }) });
    expect(await run(['show', 'run-mzxw6ytboi2gk3tdmfzb'])).toMatchObject({
      code: 4,
      out: '',
      err: `error: There is no run run-mzxw6ytboi2gk3tdmfzb. (NO_SUCH_RUN)\n  do: Did you mean ${runId}? "dropforge runs" lists the runs.\n`,
    });
  });

  it('that cannot be moved is a conflict, for programs too', async () => {
    const { run } = await withApi({
      cancelRun: () => new Problem(409, 'NOT_POSSIBLE_NOW', 'A run that is "deployed" cannot be cancelled.'),
    });
    const { code, out, err } = await run(['cancel', runId, '--json']);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'NOT_POSSIBLE_NOW', exitCode: 5, where: `POST /runs/${runId}/cancel` },
    });
  });

  it('is tried again', async () => {
    const { run } = await withApi({ retryRun: () => summary({ state: 'configured', attempt: 2 }) });
    expect(await run(['retry', runId])).toMatchObject({ code: 0, out: `${runId} is configured (attempt 2).\n` });
  });
});

describe('an approval', () => {
  const waiting = view({ state: 'awaiting-approval', model }, ...toApproval);
  const fakes = { showRun: () => waiting, approveRun: () => summary({ state: 'approved' }) };

  it('names the digest that was shown', async () => {
    const { api, run } = await withApi(fakes);
    const { code, out } = await run(['approve', runId, '--yes']);
    expect({ code, out }).toEqual({
      code: 0,
      out: `Model flowers-abababab-mzxw6y: accuracy 91.2 %, agrees on x86_64, aarch64, armv7l\nDigest ${modelDigest}\nApproved. The run is approved.\n`,
    });
    expect(api.requests.at(-1)).toMatchObject({ route: `POST /runs/${runId}/approve`, body: { modelDigest } });
  });

  it('asks at a terminal, and no answer is no approval', async () => {
    const { api, run } = await withApi(fakes);
    expect((await run(['approve', runId], { isTerminal: true, input: 'y\n' })).code).toBe(0);
    const asked = api.requests.length;
    expect(await run(['approve', runId], { isTerminal: true, input: '\n' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('NOT_APPROVED'),
    });
    expect(await run(['approve', runId], { isTerminal: true })).toMatchObject({ code: 1 });
    expect(api.requests.slice(asked).filter(({ route }) => route.startsWith('POST'))).toEqual([]);
  });

  it('is refused where nobody can be asked, for another model, and for none', async () => {
    const { run } = await withApi(fakes);
    expect(await run(['approve', runId])).toMatchObject({
      code: 2,
      err: expect.stringContaining('CONFIRMATION_NEEDED'),
    });
    expect(await run(['approve', runId, '--digest', 'cdcdcdcd'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('MODEL_CHANGED'),
    });
    const early = await withApi({ showRun: () => view({}, ...toTraining) });
    expect(await early.run(['approve', runId, '--yes'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('NO_MODEL_YET'),
    });
  });
});

describe('models, devices and files', () => {
  it('list models, and show one by the beginning of its id', async () => {
    const shown = {
      modelId: 'flowers-1',
      modelDigest,
      runId,
      createdAt: '2026-08-02T10:15:00Z',
      classes: ['rose', 'lily'],
      input: { height: 32, width: 48, channels: 3 },
    };
    const { run } = await withApi({
      listModels: () => ({ models: [{ modelId: 'flowers-1' }, { modelId: 'pets-2' }] }),
      showModel: () => ({ ...shown, files: [{ name: 'model.safetensors', bytes: 91_400, url: 'http://127.0.0.1/x' }] }),
    });
    expect((await run(['models'])).out).toBe('flowers-1\npets-2\n');
    const { out } = await run(['model', 'flow']);
    expect(out).toContain('Input    32 x 48 x 3, uint8');
    expect(out).toContain('model.safetensors  91 kB');
    expect(await run(['model', 'cars'])).toMatchObject({ code: 4 });
  });

  it('list devices, also those that never spoke', async () => {
    const silent = {
      thing: 'cellar',
      architecture: null,
      status: 'unknown',
      lastSeenAt: null,
      activeModel: null,
      predictUrl: null,
    };
    const { run } = await withApi({ listDevices: () => ({ devices: [silent] }) });
    expect((await run(['devices'])).out.split('\n')[1]).toBe('cellar  -          unknown  -      never');
  });

  it('bring files here, whole, and never outside of the folder', async () => {
    const store = createServer((_request, response) => response.end('content'));
    const url = await listen(store);
    open.push(store);
    let name = 'report/report.json';
    let bytes = 7;
    const { run } = await withApi({ listFiles: () => ({ files: [{ name, bytes, url }] }) });
    const directory = mkdtempSync(path.join(tmpdir(), 'dropforge-files-'));
    const download = () => run(['files', runId, '--download', 'out'], { directory });
    expect(await download()).toMatchObject({ code: 0, out: `1 file in ${directory}/out\n` });
    expect(readFileSync(`${directory}/out/report/report.json`, 'utf8')).toBe('content');
    bytes = 5;
    expect(await download()).toMatchObject({ code: 3, err: expect.stringContaining('DOWNLOAD_INCOMPLETE') });
    name = '../outside';
    expect(await download()).toMatchObject({ code: 1, err: expect.stringContaining('FILE_NAME_UNSAFE') });
    rmSync(directory, { recursive: true });
  });
});

describe('wrong use', () => {
  it.each([
    [['shwo'], 2, 'UNKNOWN_COMMAND', 'Did you mean show?'],
    [['show'], 2, 'MISSING_ARGUMENT', 'dropforge show --help'],
    [['dead-letters', 'show'], 2, 'MISSING_ARGUMENT', 'dropforge dead-letters show --help'],
    [['runs', '--limt', '3'], 2, 'UNKNOWN_OPTION', 'Did you mean --limit?'],
    [['runs', '--limit', 'many'], 2, 'INVALID_ARGUMENT', 'whole number'],
    [['--api', 'http://127.0.0.1:9', 'show', 'run-UPPER!'], 2, 'RUN_ID_INVALID', 'dropforge runs'],
    [['show', 'a', 'b'], 2, 'EXCESS_ARGUMENTS', '--help'],
    [['--api', 'nowhere', 'runs'], 2, 'API_URL_INVALID', 'http(s)'],
    [['--api', 'http://127.0.0.1:9', 'runs'], 3, 'API_NOT_REACHABLE', 'npm start'],
    [['drop', 'no-such-folder'], 4, 'DROP_NOT_FOUND', 'Check the path.'],
  ])('%j ends with %i and says %s', async (args, code, name, hint) => {
    const { err, ...result } = await runCommand(args);
    expect(result).toMatchObject({ code, out: '' });
    expect(err).toContain(`(${name})`);
    expect(err).toContain(hint);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('shows where it happened only to those who ask', async () => {
    const debugged = await runCommand(['runs', '--api', '!'], { environment: { DROPFORGE_DEBUG: '1' } });
    expect(debugged.err).toMatch(/^\s+at /m);
  });

  it('is also an answer that is none of the API', async () => {
    const server = createServer((_request, response) => response.end('<html>'));
    open.push(server);
    const { code, err } = await runCommand(['--api', await listen(server), 'runs']);
    expect(code).toBe(3);
    expect(err).toContain('ANSWER_NOT_UNDERSTOOD');
  });
});
