import { Readable } from 'node:stream';
import { datasetRejected, datasetValidated } from '@dropforge/events';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type CompleteDrop, type ValidateDatasetPorts, validateDataset } from './validate-dataset.ts';

const drop: CompleteDrop = { runId: 'run-mzxw6ytboi2gk3tdmfza', drop: 'drops/pets/one/', kind: 'files' };
const run = { runId: drop.runId, project: 'pets', attempt: 1 };

async function pets(perClass: number): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const [i, name] of ['cat', 'dog'].entries()) {
    for (let n = 0; n < perClass; n += 1) {
      const background = { r: 40 * i, g: n, b: 0 };
      files[`${name}/${n}.png`] = await sharp({ create: { width: 4, height: 4, channels: 3, background } })
        .png()
        .toBuffer();
    }
  }
  return files;
}

function portsFor(
  files: Record<string, Buffer>,
  recipe?: string,
): ValidateDatasetPorts & { bucket: Map<string, Buffer> } {
  const bucket = new Map<string, Buffer>();
  const list = async function* () {
    for (const [path, content] of Object.entries(files))
      yield { path, size: content.length, open: async () => Readable.from([content]) };
  };
  return {
    bucket,
    openDrop: async () => ({ source: { files: { name: 'one', list } }, ...(recipe !== undefined && { recipe }) }),
    datasets: {
      find: async (name) => bucket.get(`datasets/${name}`),
      write: async (name, content) => void bucket.set(`datasets/${name}`, content),
    },
    runFiles: { write: async (key, content) => void bucket.set(key, content) },
  };
}

describe('validating a dataset', () => {
  it('freezes a good drop, reports on it, and says what dataset.validated says', async () => {
    const ports = portsFor(await pets(10));
    const result = await validateDataset(drop, ports);
    if (result.outcome !== 'validated') throw new Error(JSON.stringify(result.reasons));
    const { outcome, ...fields } = result;
    expect(datasetValidated.of({ ...run, ...fields }).data).toMatchObject({ classes: 2, excludedImages: 0 });
    expect(result.trainImages + result.validationImages).toBe(20);
    expect(JSON.parse(String(ports.bucket.get(result.manifestKey)))).toMatchObject({
      digest: result.dataset,
      classes: ['cat', 'dog'],
    });
    expect(JSON.parse(String(ports.bucket.get(result.reportKey)))).toMatchObject({ outcome: 'accepted' });
    expect(String(ports.bucket.get(`runs/${drop.runId}/report/report.html`))).toContain('accepted');
    expect(result).not.toHaveProperty('recipeKey');
  });

  it('says the same when it is repeated', async () => {
    const ports = portsFor(await pets(3));
    const first = await validateDataset(drop, ports);
    const files = new Map(ports.bucket);
    expect(await validateDataset(drop, ports)).toEqual(first);
    expect(ports.bucket).toEqual(files);
  });

  it('rejects an unfit drop with reasons that fit dataset.rejected, and writes no dataset', async () => {
    const files = await pets(3);
    for (let i = 0; i < 5; i += 1) files[`cat/bad${i}.jpg`] = Buffer.from('bad');
    const ports = portsFor(files);
    const result = await validateDataset(drop, ports);
    if (result.outcome !== 'rejected') throw new Error('accepted');
    const { outcome, ...fields } = result;
    expect(datasetRejected.of({ ...run, ...fields }).data.reasonCount).toBe(2);
    expect(result.reasons[1]).toEqual({
      code: 'IMAGE_WRONG_TYPE',
      message: '5 files are not JPEG or PNG.',
      where: 'cat/bad0.jpg, cat/bad1.jpg, cat/bad2.jpg and 2 more',
      action: 'Convert the images to JPEG or PNG, or remove them.',
    });
    expect([...ports.bucket.keys()].sort()).toEqual([
      `runs/${drop.runId}/report/report.html`,
      `runs/${drop.runId}/report/report.json`,
    ]);
  });

  it('keeps the recipe of the drop; one beside it counts more, one given with the request most', async () => {
    const files = { ...(await pets(3)), 'recipe.yaml': Buffer.from('# inside') };
    const key = `runs/${drop.runId}/config/recipe.yaml`;
    const inside = portsFor(files);
    expect(await validateDataset(drop, inside)).toMatchObject({ recipeKey: key });
    expect(String(inside.bucket.get(key))).toBe('# inside');
    const beside = portsFor(files, '# beside');
    await validateDataset(drop, beside);
    expect(String(beside.bucket.get(key))).toBe('# beside');
    await validateDataset({ ...drop, recipe: '# given' }, beside);
    expect(String(beside.bucket.get(key))).toBe('# given');
  });
});
