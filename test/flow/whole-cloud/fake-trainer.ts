/** Stands in for the trainer: the same files in and out, and no training. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { behaviours } from './behaviours.ts';

const root = process.env.SAGEMAKER_BASE_DIR ?? '';
const { seed } = JSON.parse(readFileSync(join(root, 'input/data/config/training.json'), 'utf8'));
const shards = readdirSync(join(root, 'input/data/dataset'));
if (!shards.includes('manifest.json')) throw new Error(`no dataset among ${shards.join(', ')}`);

if (seed === behaviours['is killed']) process.kill(process.pid, 'SIGKILL');
if (seed === behaviours['says nothing']) process.exit(0);
console.log('training begins');
if (seed === behaviours['says why it fails']) {
  const failure = { cause: 'diverged', message: 'The loss is not a number.', action: 'Lower the learning rate.' };
  writeFileSync(join(root, 'output/failure'), `${JSON.stringify(failure)}\nthe end of the log\n`);
  process.exit(1);
}
if (seed === behaviours['takes a while']) await wait(1_500);
// Far longer than any test waits.
if (seed === behaviours['must be stopped']) await wait(3_600_000);
console.log('progress step=1 of=1 epoch=1.00 loss=0.5 accuracy=0.9 eta_seconds=0');
mkdirSync(join(root, 'model'), { recursive: true });
writeFileSync(join(root, 'model/model.onnx'), 'a network');
