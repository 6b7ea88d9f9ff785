import { hash } from 'node:crypto';
import type { DatasetImage, ShardRecord } from './manifest.ts';
import type { DropReader, ShardSink } from './ports.ts';
import { endOfArchiveBytes, entryBytes, writeEntry } from './ustar.ts';

export const SHARD_IMAGES_MAX = 4096;
export const SHARD_BYTES_MAX = 64 * 1024 * 1024;

/** A shard before its bytes exist: every image has its place already. */
export interface ShardPlan {
  readonly file: string;
  readonly split: DatasetImage['split'];
  readonly images: readonly DatasetImage[];
  readonly bytes: number;
}

/** Cuts the images, in `compareImages` order, into shards of one split each. */
export function planShards(images: readonly DatasetImage[]): ShardPlan[] {
  const plans: { file: string; split: DatasetImage['split']; images: DatasetImage[]; bytes: number }[] = [];
  for (const image of images) {
    const size = entryBytes(image.bytes);
    const last = plans.at(-1);
    const fits =
      last?.split === image.split && last.images.length < SHARD_IMAGES_MAX && last.bytes + size <= SHARD_BYTES_MAX;
    if (last !== undefined && fits) {
      last.images.push(image);
      last.bytes += size;
    } else {
      const file = `shard-${String(plans.length).padStart(5, '0')}.tar`;
      plans.push({ file, split: image.split, images: [image], bytes: size + endOfArchiveBytes });
    }
  }
  return plans;
}

/** The drop's content is not what the first pass saw; trying again from the start is right. */
export class DropChanged extends Error {
  constructor(name: string) {
    super(`${name} changed while it was being read`);
    this.name = 'DropChanged';
  }
}

/**
 * Fills and writes the shards. The order of shards is by content and that of the drop is arbitrary, so as many shards as
 * `memoryBytes` holds (at least one) are filled at a time, and the drop is read once for each such group: once for all
 * shards up to 128 MiB, never onto a disk. Throws `DropChanged`.
 */
export async function writeShards(
  drop: DropReader,
  plans: readonly ShardPlan[],
  sink: ShardSink,
  prefix: string,
  memoryBytes: number,
): Promise<ShardRecord[]> {
  const records: ShardRecord[] = [];
  for (const group of groupByMemory(plans, memoryBytes)) records.push(...(await writeGroup(drop, group, sink, prefix)));
  return records;
}

function groupByMemory(plans: readonly ShardPlan[], memoryBytes: number): ShardPlan[][] {
  const groups: ShardPlan[][] = [];
  let room = 0;
  for (const plan of plans) {
    if (groups.length === 0 || plan.bytes > room) {
      groups.push([]);
      room = memoryBytes;
    }
    groups.at(-1)?.push(plan);
    room -= plan.bytes;
  }
  return groups;
}

interface Filling {
  readonly plan: ShardPlan;
  readonly content: Buffer;
  missing: number;
}

async function writeGroup(
  drop: DropReader,
  plans: readonly ShardPlan[],
  sink: ShardSink,
  prefix: string,
): Promise<ShardRecord[]> {
  const places = new Map<number, { filling: Filling; image: DatasetImage; offset: number }>();
  for (const plan of plans) {
    const filling: Filling = { plan, content: Buffer.alloc(plan.bytes), missing: plan.images.length };
    let offset = 0;
    for (const image of plan.images) {
      places.set(image.index, { filling, image, offset });
      offset += entryBytes(image.bytes);
    }
  }
  const records = new Map<string, ShardRecord>();
  for await (const entry of drop.entries((index) => places.has(index))) {
    const place = places.get(entry.index);
    if (place === undefined) continue;
    const content = await entry.read();
    const { filling, image, offset } = place;
    if (content.length !== image.bytes || hash('sha256', content, 'hex') !== image.sha256)
      throw new DropChanged(drop.name);
    writeEntry(filling.content, offset, entryName(image), content);
    places.delete(entry.index);
    filling.missing -= 1;
    if (filling.missing === 0) records.set(filling.plan.file, await writeShard(filling, sink, prefix));
    if (places.size === 0) break;
  }
  if (places.size > 0) throw new DropChanged(drop.name);
  return plans.flatMap((plan) => records.get(plan.file) ?? []);
}

async function writeShard({ plan, content }: Filling, sink: ShardSink, prefix: string): Promise<ShardRecord> {
  await sink.write(`${prefix}${plan.file}`, content);
  const { file, split, images, bytes } = plan;
  return { file, split, images: images.length, bytes, sha256: hash('sha256', content, 'hex') };
}

/** `<split>/<label, 5 digits>/<first 32 digits of the content's SHA-256>.<jpg|png>`; unique, as copies are left out. */
function entryName({ split, classIndex, sha256, type }: DatasetImage): string {
  return `${split}/${String(classIndex).padStart(5, '0')}/${sha256.slice(0, 32)}.${type === 'jpeg' ? 'jpg' : 'png'}`;
}
