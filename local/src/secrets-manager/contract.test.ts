import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startEndpoint } from '../testing/start-endpoint.ts';
import { describeSecretsManagerContract } from './contract.ts';
import { openSecrets } from './secrets.ts';
import { createSecretsManager } from './secrets-manager.ts';

describeSecretsManagerContract('the stand-in', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'dropforge-secrets-'));
  const descriptions = ['one', 'two', 'three', 'four'].map((name) => {
    const arn = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${name}-AbCdEf`;
    return { logicalId: name, name, arn, value: undefined, generate: {} };
  });
  const unused = descriptions.values();
  const secrets = openSecrets(directory, descriptions);
  const endpoint = await startEndpoint({ secretsmanager: createSecretsManager(secrets) });
  const client = new SecretsManagerClient(endpoint.settings);
  return {
    client,
    async newSecret(value) {
      const { value: next } = unused.next();
      if (next === undefined) throw new Error('the suite wants more secrets than were described');
      if (value !== undefined) secrets.set(next.name, value);
      return next;
    },
    async dispose() {
      client.destroy();
      await endpoint.close();
      rmSync(directory, { recursive: true });
    },
  };
});
