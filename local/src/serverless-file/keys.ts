/** The keys of KMS in serverless.yml, with their aliases. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html */
import type { KeyDescription } from './description.ts';
import type { Entry } from './resources.ts';
import { ServerlessFileError } from './serverless-file-error.ts';

/** @throws ServerlessFileError VALUE_INVALID for a key that does anything but sign with Ed25519. */
export function readKeys(keys: readonly Entry[], aliases: readonly Entry[]): KeyDescription[] {
  return keys.map(({ logicalId, properties, place, reference: { ref: id, attributes } }) => {
    const { KeySpec: spec, KeyUsage: usage } = properties;
    if (spec !== 'ECC_NIST_EDWARDS25519' || usage !== 'SIGN_VERIFY') {
      const reason = `the embedded cloud has keys that sign with ECC_NIST_EDWARDS25519, not ${spec} for ${usage}`;
      throw new ServerlessFileError('VALUE_INVALID', place, reason);
    }
    const own = aliases.filter(({ properties: { TargetKeyId: target } }) => target === id || target === attributes.Arn);
    return {
      ...{ logicalId, id, arn: attributes.Arn ?? id, spec },
      aliases: own.map(({ properties: { AliasName: name } }) => String(name)),
    };
  });
}
