import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { describe, it } from 'vitest';
import { describeSageMakerContract } from '../../../local/src/sagemaker/contract.ts';
import { isRemote, name, newName, settings } from './target.ts';

const {
  DROPFORGE_REMOTE_IMAGE_URI: image,
  DROPFORGE_REMOTE_ROLE_ARN: roleArn,
  DROPFORGE_REMOTE_OUTPUT: output,
} = process.env;
const anywhere = {
  image: '000000000000.dkr.ecr.eu-west-1.amazonaws.com/ends-at-once:1',
  roleArn: 'arn:aws:iam::000000000000:role/jobs',
  output: 's3://conformance/models/',
};
const named = image && roleArn && output ? { image, roleArn, output } : undefined;

// On AWS the jobs really run, so their image, role and bucket have to be there.
if (isRemote && !named) {
  describe.skip(name, () => it('has no image, role and output to run jobs with'));
} else {
  describeSageMakerContract(name, async () => {
    const client = new SageMakerClient(settings);
    return { client, ...(named ?? anywhere), prefix: newName(), dispose: async () => client.destroy() };
  });
}
