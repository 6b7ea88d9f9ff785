/** An embedded cloud of its own on free ports, in which a run has ended and another waits, so that the API has answers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipOf } from '../../../shared/datasets/src/testing/archives.ts';
import { catsAndDogs } from '../../../shared/datasets/src/testing/pictures.ts';
import { recipeFor } from '../../flow/whole-cloud/behaviours.ts';
import { startFlowCloud } from '../../flow/whole-cloud/start-flow-cloud.ts';
import { userOf } from '../../flow/whole-cloud/user.ts';

export interface InhabitedCloud {
  /** The address of the HTTP API. */
  readonly api: string;
  /** A run that has ended, and its model. */
  readonly runId: string;
  readonly modelId: string;
  /** A run whose model waits for somebody's word. */
  readonly waitingRunId: string;
  stop(): Promise<void>;
}

export async function startInhabitedCloud(): Promise<InhabitedCloud> {
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-api-'));
  const cloud = await startFlowCloud(directory);
  const stop = async () => {
    await cloud.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const user = userOf(cloud);
    const archive = await zipOf(await catsAndDogs());
    const undelivered = recipeFor('does well');
    const delivered = undelivered.replace('to: none', 'to: dropforge-devices');
    const runId = await user.drop('flowers/first', archive, undelivered);
    const waitingRunId = await user.drop('flowers/second', archive, delivered);
    const { model } = await user.ended(runId);
    if (!model) throw new Error(`${runId} ended without a model`);
    await user.reaches(waitingRunId, 'awaiting-approval');
    return { api: cloud.endpoints.api, runId, modelId: model.modelId, waitingRunId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
