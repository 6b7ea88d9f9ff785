import { isCompleteDrop } from '@dropforge/datasets/drops';
import { datasetReceived, type S3ObjectCreated } from '@dropforge/events';
import { type ExternalEvent, logger } from '@dropforge/handler-kit';
import { runIdOfDrop } from '@dropforge/pipeline-state';

/** Begins the run of a drop once it is complete. The same version of the same object is always the same run. */
export async function receiveDrop({ detail }: ExternalEvent<S3ObjectCreated>) {
  const { key, size = 0, etag = '', sequencer, 'version-id': versionId } = detail.object;
  const drop = isCompleteDrop(key);
  if (!drop.complete) {
    logger.info('DROP_NOT_COMPLETE: the object begins no run', { key, why: drop.why });
    return undefined;
  }
  const runId = runIdOfDrop(detail.bucket.name, key, versionId ?? (etag || sequencer || ''));
  const pinned = versionId && drop.complete === 'archive' ? { versionId } : {};
  const source = { drop: drop.drop, kind: drop.complete, bytes: size, ...pinned };
  return { runId, event: datasetReceived.of({ runId, project: drop.project, attempt: 1, source }) };
}
