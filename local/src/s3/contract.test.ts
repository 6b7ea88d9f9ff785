import { describeS3Contract } from './contract.ts';
import { startS3 } from './testing/start-s3.ts';

describeS3Contract('the stand-in', async () => {
  const running = await startS3();
  let count = 0;
  return {
    client: running.client(),
    newBucketName: () => `contract-${count++}`,
    dispose: running.dispose,
  };
});
