/** Stands in for the converter: the same files in and out, and no compiler. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { behaviours } from './behaviours.ts';
import { compilerMissing, writeConversion } from './write-conversion.ts';

const root = process.env.SAGEMAKER_BASE_DIR ?? '';
const processing = join(root, 'processing');
const archive = gunzipSync(readFileSync(join(processing, 'input/model/model.tar.gz')));
if (!archive.includes('model.onnx')) throw new Error('no model.onnx in the archive');
const config = JSON.parse(readFileSync(join(processing, 'input/config/conversion.json'), 'utf8'));
const { seed } = config.training;

console.log('conversion begins');
if (seed === behaviours['lacks every compiler']) {
  const failure = { cause: 'bug', ...compilerMissing, action: 'Install gcc-arm-linux-gnueabihf.' };
  writeFileSync(join(root, 'output/message'), JSON.stringify(failure));
  process.exit(1);
}
if (seed === behaviours['takes a while']) await wait(1_500);

writeConversion(join(processing, 'output'), config, seed === behaviours['lacks a compiler'] ? ['armv7l'] : []);
writeFileSync(join(root, 'output/message'), 'converted');
