/** The two jobs without training and without compilers: they read what the real ones read and leave what those leave. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Job } from '@dropforge/local';
import { type ConversionConfig, writeConversion } from '../../flow/whole-cloud/write-conversion.ts';
import { kinds } from '../kinds.ts';

/** Runs a job in its folder; undefined: it ended well, else what it says about its failure. */
export function program({ kind }: Job, root: string): string | undefined {
  return kind === 'training' ? train(root) : convert(join(root, 'processing'));
}

function train(root: string): string | undefined {
  const { seed } = JSON.parse(readFileSync(join(root, 'input/data/config/training.json'), 'utf8'));
  const shards = readdirSync(join(root, 'input/data/dataset'));
  if (!shards.includes('manifest.json')) throw new Error(`no dataset among ${shards.join(', ')}`);
  if (seed === kinds.diverges.seed)
    return JSON.stringify({ cause: 'diverged', message: 'The loss is not a number.', action: 'Lower the rate.' });
  if (seed === kinds['trains and leaves no model'].seed) return undefined;
  mkdirSync(join(root, 'model'), { recursive: true });
  writeFileSync(join(root, 'model/model.onnx'), 'a network');
  return undefined;
}

function convert(processing: string): undefined {
  const archive = gunzipSync(readFileSync(join(processing, 'input/model/model.tar.gz')));
  if (!archive.includes('model.onnx')) throw new Error('no model.onnx in the archive');
  const config = JSON.parse(readFileSync(join(processing, 'input/config/conversion.json'), 'utf8')) as ConversionConfig; // the config-renderer's own form
  const { seed } = config.training;
  if (seed === kinds['converts and leaves no artifact'].seed) return;
  writeConversion(join(processing, 'output'), config, seed === kinds['lacks a compiler'].seed ? ['armv7l'] : []);
}
