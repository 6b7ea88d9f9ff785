import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describeSecretsManagerContract } from '../../../local/src/secrets-manager/contract.ts';
import { name, newName, settings } from './target.ts';

describeSecretsManagerContract(name, async () => {
  const client = new SecretsManagerClient(settings);
  const created: string[] = [];
  return {
    client,
    async newSecret(value) {
      const input = { Name: newName(), ...(value === undefined ? {} : { SecretString: value }) };
      const { Name = '', ARN = '' } = await client.send(new CreateSecretCommand(input));
      created.push(ARN);
      return { name: Name, arn: ARN };
    },
    async dispose() {
      for (const SecretId of created) {
        await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      }
      client.destroy();
    },
  };
});
