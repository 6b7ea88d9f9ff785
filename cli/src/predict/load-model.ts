import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type IntegerModel, ModelFileError, readModel } from '@dropforge/quantized-inference';
import { downloadBytes } from '../api/download.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { findOutput } from './find-output.ts';

export interface LoadedModel {
  /** A model id, a run id, or a path. */
  readonly name: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string;
  readonly model: IntegerModel;
}

const MODEL_BYTES_MAX = 256 * 1024 * 1024;

/** Loads a model by its id, by a run's id, or from a file of this machine, and checks every byte before use. */
export async function loadModel(context: Context, given: string): Promise<LoadedModel> {
  const file = path.resolve(context.directory, given);
  if (given.endsWith('.safetensors') || given.includes(path.sep)) return fromFile(file, given);
  const { name, link, modelDigest } = await findOutput((await context.connect()).api, given, 'model.safetensors');
  return parseModel(name, await downloadBytes(link, MODEL_BYTES_MAX), modelDigest);
}

async function fromFile(file: string, given: string): Promise<LoadedModel> {
  const { size } = await stat(file);
  if (size > MODEL_BYTES_MAX)
    throw new CliError('refused', 'FILE_TOO_LARGE', `A model has at most ${MODEL_BYTES_MAX} bytes; this has ${size}.`, {
      where: given,
    });
  return parseModel(given, await readFile(file));
}

/** `modelDigest`: of the model that passed the gate, where one did. Throws what the reader found, or MODEL_DAMAGED. */
export function parseModel(name: string, bytes: Buffer, modelDigest?: string): LoadedModel {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (modelDigest !== undefined && digest !== modelDigest)
    throw new CliError('refused', 'MODEL_DAMAGED', 'The model file is not the one that passed the gate.', {
      where: name,
      action: `Expected SHA-256 ${modelDigest}, found ${digest}. Do not use it.`,
    });
  try {
    return { name, digest, model: readModel(bytes) };
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new CliError('refused', error.code, error.message, {
      where: name,
      action: 'Give a model.safetensors that Dropforge made.',
      cause: error,
    });
  }
}
