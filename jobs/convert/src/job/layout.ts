import { join } from 'node:path';

/** Where a processing job reads and writes, under the root that `SAGEMAKER_BASE_DIR` names. */
export interface JobLayout {
  readonly modelArchive: string;
  readonly config: string;
  readonly artifact: string;
  readonly verification: string;
  readonly message: string;
}

/** SageMaker's own root is `/opt/ml`. */
export function jobLayout(root: string): JobLayout {
  const processing = join(root, 'processing');
  return {
    modelArchive: join(processing, 'input', 'model', 'model.tar.gz'),
    config: join(processing, 'input', 'config', 'conversion.json'),
    artifact: join(processing, 'output', 'artifact'),
    verification: join(processing, 'output', 'verification'),
    message: join(root, 'output', 'message'),
  };
}
