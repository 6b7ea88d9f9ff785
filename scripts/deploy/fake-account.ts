import type { Account } from './account.ts';

/** An account with at most one stack, which a test makes and removes. */
export function createFakeAccount() {
  const world = {
    outputs: undefined as Record<string, string> | undefined,
    objects: new Map<string, string>(),
    components: [] as object[],
    holders: [] as string[],
    prices: { 'ml.c5.xlarge': 0.23, 'ml.c7i.xlarge': 0.24 } as Record<string, number>,
    asked: [] as string[],
  };
  const account: Account = {
    async identity() {
      world.asked.push('identity');
      return { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/me' };
    },
    async outputs(stackName) {
      world.asked.push(`outputs ${stackName}`);
      return world.outputs;
    },
    async putObject(bucket, key, body, contentType) {
      world.objects.set(`${bucket}/${key}`, `${contentType}: ${body}`);
    },
    async createComponent(recipe) {
      world.components.push(recipe);
      return `arn:aws:greengrass:eu-west-1:123456789012:components:${world.components.length}`;
    },
    policyHolders: async () => world.holders,
    trainingPrices: async () => world.prices,
  };
  return { world, account };
}

export const outputs = {
  BucketName: 'dropforge-dev-bucket-x1',
  TableName: 'dropforge-dev-Table-x1',
  SlackSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:dropforge-dev-slack-1',
  ModelSigningKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  DevicePolicyName: 'dropforge-dev-device',
  ServerlessDeploymentBucketName: 'dropforge-dev-serverlessdeploymentbucket-x1',
};
