import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLoose } from './archive/loose.ts';
import { defaultLimits } from './limits.ts';
import type { DatasetImage } from './manifest.ts';
import { planShards, SHARD_BYTES_MAX, SHARD_IMAGES_MAX, writeShards } from './shards.ts';
import { looseFiles, memorySink } from './testing/archives.ts';

const image = (split: DatasetImage['split'], bytes: number, index = 0): DatasetImage => ({
  split,
  classIndex: 0,
  sha256: 'ab'.repeat(32),
  type: 'png',
  bytes,
  index,
});

describe('shards', () => {
  it('hold every image once, in order, one split each, within both limits', () => {
    const images = fc.tuple(
      fc.array(fc.integer({ min: 0, max: 48 * 2 ** 20 })),
      fc.array(fc.integer({ min: 0, max: 9999 })),
      fc.integer({ min: 0, max: 9000 }),
    );
    fc.assert(
      fc.property(images, ([train, validation, tiny]) => {
        const all = [
          ...train.map((bytes) => image('train', bytes)),
          ...Array.from({ length: tiny }, () => image('train', 1)),
          ...validation.map((bytes) => image('validation', bytes)),
        ];
        const plans = planShards(all);
        expect(plans.flatMap((plan) => plan.images)).toEqual(all);
        for (const plan of plans) {
          expect(new Set(plan.images.map((one) => one.split))).toEqual(new Set([plan.split]));
          expect(plan.images.length).toBeLessThanOrEqual(SHARD_IMAGES_MAX);
          expect(plan.bytes).toBeLessThanOrEqual(SHARD_BYTES_MAX);
        }
        expect(plans.map((plan) => plan.file)).toEqual(plans.map((_, i) => `shard-${String(i).padStart(5, '0')}.tar`));
      }),
      { numRuns: 30 },
    );
  });

  it('are the same whether memory holds all of them or one at a time', async () => {
    const { hash } = await import('node:crypto');
    const contents = Array.from({ length: 9000 }, (_, i) => Buffer.from(`image ${i}`));
    const files = Object.fromEntries(contents.map((content, i) => [`${i}.png`, content]));
    const images = contents
      .map((content, index) => ({ ...image('train', content.length, index), sha256: hash('sha256', content) }))
      .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    const plans = planShards(images);
    expect(plans).toHaveLength(3);
    const stores = [];
    for (const memory of [2 ** 30, 1]) {
      let passes = 0;
      const listed = looseFiles('drop', files);
      const counted = {
        name: 'drop',
        list: () => {
          passes += 1;
          return listed.list();
        },
      };
      const sink = memorySink();
      const records = await writeShards(openLoose(counted, defaultLimits), plans, sink, 'x/', memory);
      stores.push({ files: [...sink.files], records });
      expect(passes).toBe(memory === 1 ? 3 : 1);
    }
    expect(stores[1]?.records).toEqual(stores[0]?.records);
    expect(new Map(stores[1]?.files)).toEqual(new Map(stores[0]?.files));
  });
});
