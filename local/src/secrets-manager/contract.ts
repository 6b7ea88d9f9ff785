/**
 * What Secrets Manager does, as far as Dropforge relies on it, in sentences, for the stand-in and for AWS alike.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A service under test. */
export interface ContractTarget {
  readonly client: SecretsManagerClient;
  /** A secret of the suite's own; without a value it has never been given one. */
  newSecret(value?: string): Promise<{ name: string; arn: string }>;
  dispose(): Promise<void>;
}

export function describeSecretsManagerContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps Secrets Manager's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    const get = (SecretId: string) => target.client.send(new GetSecretValueCommand({ SecretId }));
    const put = (SecretId: string, SecretString: string) =>
      target.client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    const missing = { name: 'ResourceNotFoundException' };

    it('gives the value by name and by ARN, as the current one', async () => {
      const { name: own, arn } = await target.newSecret('{"token":"ü"}');
      const byName = await get(own);
      expect(byName).toMatchObject({
        Name: own,
        ARN: arn,
        SecretString: '{"token":"ü"}',
        VersionStages: ['AWSCURRENT'],
      });
      expect(byName.VersionId).toMatch(/^[0-9a-f-]{36}$/);
      expect((await get(arn)).SecretString).toBe('{"token":"ü"}');
    });

    it('gives a new value from the moment it was put, as another version', async () => {
      const { name: own, arn } = await target.newSecret('one');
      const { VersionId: before } = await get(own);
      const answer = await put(arn, 'two');
      expect(answer).toMatchObject({ Name: own, ARN: arn, VersionStages: ['AWSCURRENT'] });
      const { SecretString, VersionId } = await get(own);
      expect(SecretString).toBe('two');
      expect(VersionId).toBe(answer.VersionId);
      expect(VersionId).not.toBe(before);
    });

    it('has no value before one was put', async () => {
      const { name: own } = await target.newSecret();
      await expect(get(own)).rejects.toMatchObject(missing);
      await put(own, 'first');
      expect((await get(own)).SecretString).toBe('first');
    });

    it('knows no secret that nobody created, neither to read nor to write', async () => {
      await expect(get('dropforge-nobody')).rejects.toMatchObject(missing);
      await expect(put('dropforge-nobody', 'x')).rejects.toMatchObject(missing);
    });
  });
}
