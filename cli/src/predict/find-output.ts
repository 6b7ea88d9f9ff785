import type { FileLink } from '@dropforge/api-contract';
import type { ApiClient } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';
import { showRun } from '../runs/find-run.ts';
import { findModel } from './find-model.ts';

export interface Output {
  /** The id of the model, or of the run. */
  readonly name: string;
  readonly link: FileLink;
  /** SHA-256 of the model that passed the gate; absent: none did. */
  readonly modelDigest?: string;
}

/** One file of a model, by the model's id or a run; of a run without a model the newest that the conversion left. */
export async function findOutput(api: ApiClient, given: string, fileName: string): Promise<Output> {
  if (!/^(run-[a-z2-7]{1,20}|latest)$/.test(given)) return ofModel(api, given, fileName);
  const run = await showRun(api, given);
  if (run.model) return ofModel(api, run.model.modelId, fileName);
  // Converted, but refused by the gate or not yet judged: good enough to look at.
  const { files } = await api.call('listFiles', { path: { runId: run.runId } });
  const newest = files
    .filter(({ name }) => /^artifact\/t\d+\//.test(name) && name.endsWith(`/${fileName}`))
    .sort(byAttempt)
    .at(-1);
  return { name: run.runId, link: newest ?? missing(run.runId, fileName) };
}

async function ofModel(api: ApiClient, given: string, fileName: string): Promise<Output> {
  const { modelId, modelDigest, files } = await findModel(api, given);
  const link = files.find(({ name }) => name === fileName) ?? missing(modelId, fileName);
  return { name: modelId, link, modelDigest };
}

function byAttempt(a: FileLink, b: FileLink): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

function missing(name: string, fileName: string): never {
  throw new CliError('conflict', 'NO_MODEL_YET', `${name} has no ${fileName} yet.`, {
    action: `dropforge show ${name}`,
  });
}
