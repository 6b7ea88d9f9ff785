import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cloud, startCloud } from '@dropforge/local';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateFolder } from '../../local/src/testing/state-folder.ts';
import { runCommand } from './testing/run-command.ts';

let directory = '';
let cloud: Cloud;

beforeAll(async () => {
  directory = stateFolder('cli');
  cloud = await startCloud({
    directory: path.join(directory, '.dropforge'),
    serverlessFile: fileURLToPath(new URL('../../serverless.yml', import.meta.url)),
  });
});

afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true });
});

it('commands work on the real services of an embedded cloud', async () => {
  const run = (...args: string[]) => runCommand([...args, '--json'], { directory });
  for (const [label, name] of ['cat', 'dog'].entries()) {
    mkdirSync(path.join(directory, 'pets', name), { recursive: true });
    for (let n = 0; n < 3; n++) {
      const background = { r: 60 * n, g: 100 * label, b: 0 };
      const image = await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer();
      writeFileSync(path.join(directory, 'pets', name, `${n}.png`), image);
    }
  }
  // Too few images for a batch of 64: the run is refused after its dataset was read, and before anything is trained.
  writeFileSync(path.join(directory, 'pets/recipe.yaml'), 'batchSize: 64\n');
  const dropped = await run('drop', 'pets');
  expect(dropped).toMatchObject({ code: 0, err: '' });
  const { runId } = dropped.json() as { runId: string }; // the command's own result
  const watched = await run('watch', runId);
  expect(watched.code).toBe(1);
  const end = JSON.parse(watched.out.trim().split('\n').at(-1) ?? '');
  expect(end).toMatchObject({
    type: 'end',
    run: { runId, project: 'pets', state: 'rejected', dataset: { classes: 2 } },
  });
  expect((await run('files', runId)).json()).toMatchObject({
    files: expect.arrayContaining([expect.objectContaining({ name: 'report/report.json' })]),
  });
  expect((await run('runs')).json()).toMatchObject({ runs: [{ runId, ended: true }] });
  expect(await run('approve', runId, '--yes')).toMatchObject({ code: 5 });
  expect((await run('devices')).json()).toEqual({ devices: [] });
  expect((await run('models')).json()).toEqual({ models: [] });
});
