import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileLink } from '@dropforge/api-contract';
import { type IntegerModel, ModelFileError, readModel } from '@dropforge/quantized-inference';
import { downloadBytes } from '../api/download.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { showRun } from '../runs/find-run.ts';
import { findModel } from './find-model.ts';

export interface LoadedModel {
  /** A model id, a run id, or a path. */
  readonly name: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string;
  readonly model: IntegerModel;
}

const MODEL_BYTES_MAX = 256 * 1024 * 1024;
const MODEL_FILE = 'model.safetensors';

/** Loads a model by its id, by a run's id, or from a file of this machine, and checks every byte before use. */
export async function loadModel(context: Context, given: string): Promise<LoadedModel> {
  const file = path.resolve(context.directory, given);
  if (given.endsWith('.safetensors') || given.includes(path.sep)) return fromFile(file, given);
  const { api } = await context.connect();
  if (!/^(run-[a-z2-7]{1,20}|latest)$/.test(given)) {
    const { modelId, modelDigest, files } = await findModel(api, given);
    return fromLink(
      modelId,
      files.find(({ name }) => name === MODEL_FILE),
      modelDigest,
    );
  }
  const run = await showRun(api, given);
  if (run.model) {
    const { modelId, modelDigest, files } = await findModel(api, run.model.modelId);
    return fromLink(
      modelId,
      files.find(({ name }) => name === MODEL_FILE),
      modelDigest,
    );
  }
  // Converted, but refused by the gate or not yet judged: good enough to look at.
  const { files } = await api.call('listFiles', { path: { runId: run.runId } });
  const newest = files
    .filter(({ name }) => /^artifact\/t\d+\/model\.safetensors$/.test(name))
    .sort(byAttempt)
    .at(-1);
  return fromLink(run.runId, newest);
}

function byAttempt(a: FileLink, b: FileLink): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

async function fromFile(file: string, given: string): Promise<LoadedModel> {
  const { size } = await stat(file);
  if (size > MODEL_BYTES_MAX)
    throw new CliError('refused', 'FILE_TOO_LARGE', `A model has at most ${MODEL_BYTES_MAX} bytes; this has ${size}.`, {
      where: given,
    });
  return parse(given, await readFile(file));
}

async function fromLink(name: string, link: FileLink | undefined, digest?: string): Promise<LoadedModel> {
  if (!link) {
    throw new CliError('conflict', 'NO_MODEL_YET', `${name} has no model file yet.`, {
      action: `dropforge show ${name}`,
    });
  }
  const loaded = parse(name, await downloadBytes(link, MODEL_BYTES_MAX));
  if (digest === undefined || loaded.digest === digest) return loaded;
  throw new CliError('refused', 'MODEL_DAMAGED', 'The model file is not the one that passed the gate.', {
    where: name,
    action: `Expected SHA-256 ${digest}, found ${loaded.digest}. Do not use it.`,
  });
}

function parse(name: string, bytes: Buffer): LoadedModel {
  try {
    return { name, digest: createHash('sha256').update(bytes).digest('hex'), model: readModel(bytes) };
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new CliError('refused', error.code, error.message, {
      where: name,
      action: 'Give a model.safetensors that Dropforge made.',
      cause: error,
    });
  }
}
