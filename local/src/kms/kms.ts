/** KMS, as far as models are signed with it. https://docs.aws.amazon.com/kms/latest/APIReference/ */
import { sign } from 'node:crypto';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type JsonAction, jsonService } from '../aws-endpoint/json-protocol.ts';
import type { Key, Keys } from './keys.ts';

/** What KMS signs with a key of this kind; the second takes digests only, and is not here. */
const algorithms = ['ED25519_SHA_512', 'ED25519_PH_SHA_512'];
const largestMessageBytes = 4_096;

export function createKms(keys: Keys) {
  const describeKey: JsonAction = ({ KeyId: id }) => ({
    KeyMetadata: { ...about(find(keys, id)), Enabled: true, KeyState: 'Enabled', Origin: 'AWS_KMS' },
  });
  const getPublicKey: JsonAction = ({ KeyId: id }) => {
    const key = find(keys, id);
    const der = key.publicKey.export({ type: 'spki', format: 'der' });
    return { ...about(key), KeyId: key.arn, PublicKey: der.toString('base64') };
  };
  const signMessage: JsonAction = ({ KeyId: id, Message, MessageType = 'RAW', SigningAlgorithm }) => {
    const key = find(keys, id);
    const message = Buffer.from(typeof Message === 'string' ? Message : '', 'base64');
    if (message.length === 0 || message.length > largestMessageBytes)
      throw invalid(`Message must have 1 to ${largestMessageBytes} bytes.`);
    if (!algorithms.includes(String(SigningAlgorithm)))
      throw new AwsError(400, 'InvalidKeyUsageException', `${key.arn} cannot sign with ${SigningAlgorithm}.`);
    if (SigningAlgorithm === 'ED25519_PH_SHA_512')
      throw new AwsError(400, 'UnsupportedOperationException', 'The embedded cloud signs no digests.');
    // This algorithm hashes the message itself, so KMS takes nothing that was hashed before.
    if (MessageType !== 'RAW') throw invalid(`${SigningAlgorithm} takes messages of type RAW.`);
    return { KeyId: key.arn, Signature: sign(null, message, key.privateKey).toString('base64'), SigningAlgorithm };
  };
  return jsonService({ DescribeKey: describeKey, GetPublicKey: getPublicKey, Sign: signMessage });
}

function find(keys: Keys, id: unknown): Key {
  const key = typeof id === 'string' ? keys.find(id) : undefined;
  if (key === undefined) throw new AwsError(400, 'NotFoundException', `Key '${id}' does not exist`);
  return key;
}

function about({ id, arn, spec }: Key) {
  return { KeyId: id, Arn: arn, KeySpec: spec, KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: algorithms };
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'ValidationException', message);
}
