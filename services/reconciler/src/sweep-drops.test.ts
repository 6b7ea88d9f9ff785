import { datasetReceived, s3ObjectCreated } from '@dropforge/events';
import { commit, runIdOfDrop } from '@dropforge/pipeline-state';
import { expect, it } from 'vitest';
import { at, createFakeWorld } from './fake-ports.ts';
import { sweepDrops } from './sweep-drops.ts';

const archive = { key: 'drops/flowers/may/red flower+1.zip', size: 9, etag: 'abc', lastModified: new Date(at(0)) };

async function sweptAt(minute: number, ...objects: Partial<typeof archive & { versionId: string }>[]) {
  const { world, ports, kit } = createFakeWorld();
  world.minute = minute;
  world.drops.push(...objects.map((object) => ({ ...archive, ...object })));
  await sweepDrops(ports, kit);
  return world.said;
}

it('announces an archive whose event never came, in the form of the event', async () => {
  const said = await sweptAt(10, { versionId: 'v1' });
  expect(said).toEqual([{ detailType: 'Object Created', detail: expect.anything() }]);
  expect(s3ObjectCreated.detail.parse(said[0]?.detail)).toEqual({
    bucket: { name: 'dropforge' },
    object: { key: archive.key, size: 9, etag: 'abc', 'version-id': 'v1' },
    reason: 'Swept',
  });
});

it('announces the marker of loose files, and none of the files', async () => {
  const keys = ['drops/p/d/cat/1.jpg', 'drops/p/d/recipe.yaml', 'drops/p/d/', 'drops/p/../x.zip', 'drops/p/d/_READY'];
  const said = await sweptAt(10, ...keys.map((key) => ({ key })));
  expect(said.map(({ detail }) => s3ObjectCreated.detail.parse(detail).object.key)).toEqual(['drops/p/d/_READY']);
});

it('reads no run for an object that cannot start one', async () => {
  const { world, ports, kit } = createFakeWorld();
  world.minute = 10;
  world.drops.push({ ...archive, key: 'drops/p/d/cat/1.jpg' });
  const runs = { ...kit.runs, read: () => Promise.reject(new Error('a run was read')) };
  await expect(sweepDrops(ports, { ...kit, runs })).resolves.toBeUndefined();
});

it('gives the real event five minutes, and looks back a week', async () => {
  expect(await sweptAt(4, {})).toEqual([]);
  expect(await sweptAt(6, {})).toHaveLength(1);
  expect(await sweptAt(7 * 24 * 60 + 1, {})).toEqual([]);
});

it('is silent about a drop that has its run, and not about its next version', async () => {
  const { world, ports, kit } = createFakeWorld();
  world.minute = 10;
  const runId = runIdOfDrop('dropforge', archive.key, 'v1');
  await commit(datasetReceived.of({ ...datasetReceived.example, runId }), runId, kit);
  world.drops.push({ ...archive, versionId: 'v1' }, { ...archive, versionId: 'v2' });
  await sweepDrops(ports, kit);
  expect(world.said.map(({ detail }) => s3ObjectCreated.detail.parse(detail).object['version-id'])).toEqual(['v2']);
});
