/** The flow tests' fake trainer, which also leaves a checkpoint, and with larger images takes it back. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const root = process.env.SAGEMAKER_BASE_DIR ?? '';
const { imageSize } = JSON.parse(readFileSync(join(root, 'input/data/config/training.json'), 'utf8'));
const checkpoint = join(root, 'checkpoints/step-1.ckpt');
mkdirSync(join(root, 'checkpoints'), { recursive: true });
writeFileSync(checkpoint, 'weights');
if (imageSize.height > 16) {
  // SageMaker must have seen it before it is gone; here it looks every two seconds.
  await wait(2_500);
  rmSync(checkpoint);
}

await import('../../flow/whole-cloud/fake-trainer.ts');
