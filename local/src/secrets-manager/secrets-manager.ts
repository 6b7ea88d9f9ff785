/** Secrets Manager, as far as functions and people use it: read a value, give one. https://docs.aws.amazon.com/secretsmanager/latest/apireference/ */
import { createHash } from 'node:crypto';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type JsonAction, jsonService } from '../aws-endpoint/json-protocol.ts';
import type { Secrets } from './secrets.ts';

export function createSecretsManager(secrets: Secrets) {
  const getSecretValue: JsonAction = ({ SecretId: id }) => {
    const { secret, value } = find(secrets, id);
    if (value === undefined) {
      const message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
      throw new AwsError(400, 'ResourceNotFoundException', message);
    }
    return { ARN: secret.arn, Name: secret.name, SecretString: value, ...version(value) };
  };
  const putSecretValue: JsonAction = ({ SecretId: id, SecretString: value }) => {
    const { secret } = find(secrets, id);
    if (typeof value !== 'string')
      throw new AwsError(400, 'InvalidParameterException', 'You must provide SecretString.');
    secrets.set(secret.name, value);
    return { ARN: secret.arn, Name: secret.name, ...version(value) };
  };
  return jsonService({ GetSecretValue: getSecretValue, PutSecretValue: putSecretValue });
}

function find(secrets: Secrets, id: unknown) {
  const found = typeof id === 'string' ? secrets.find(id) : undefined;
  if (found !== undefined) return found;
  throw new AwsError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** The same value is the same version. */
function version(value: string) {
  const hex = createHash('sha256').update(value).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return { VersionId: parts.join('-'), VersionStages: ['AWSCURRENT'] };
}
