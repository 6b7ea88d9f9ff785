import { describeSageMakerContract } from './contract.ts';
import { startSageMaker } from './testing/start-sagemaker.ts';

describeSageMakerContract('the stand-in', async () => {
  const world = await startSageMaker({ quota: { training: 20, processing: 20 } });
  return {
    client: world.client,
    image: world.image('true'),
    roleArn: 'arn:aws:iam::000000000000:role/jobs',
    output: 's3://bucket/contract/',
    prefix: 'contract',
    dispose: world.dispose,
  };
});
