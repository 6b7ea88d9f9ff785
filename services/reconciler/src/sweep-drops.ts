import { isCompleteDrop } from '@dropforge/datasets/drops';
import { type CommitPorts, runIdOfDrop } from '@dropforge/pipeline-state';
import type { DropObject, Ports } from './ports.ts';

/** S3's own event is given this long before the drop is announced in its place. */
const patienceMilliseconds = 5 * 60_000;
/** Older drops were looked at by hundreds of sweeps. */
const horizonMilliseconds = 7 * 86_400_000;

/** Announces objects that should have started a run and did not: archives and markers, not the files that wait for one. */
export async function sweepDrops({ drops, say }: Ports, { runs, now }: CommitPorts): Promise<void> {
  for await (const object of drops.list()) {
    const age = now().getTime() - object.lastModified.getTime();
    if (age < patienceMilliseconds || age > horizonMilliseconds) continue;
    if (!isCompleteDrop(object.key).complete) continue;
    if (await runs.read(runIdOfDrop(drops.bucket, object.key, object.versionId ?? object.etag))) continue;
    await say('Object Created', objectCreated(drops.bucket, object));
  }
}

function objectCreated(bucket: string, { key, size, etag, versionId }: DropObject): Record<string, unknown> {
  const object = { key, size, etag, ...(versionId ? { 'version-id': versionId } : {}) };
  return { version: '0', bucket: { name: bucket }, object, reason: 'Swept' };
}
