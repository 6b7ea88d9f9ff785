import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** The key that models are signed with. */
export const signingKey: Check = {
  name: 'signing key',
  service: 'KMS',
  async examine({ clients, prefix }) {
    const KeyId = `alias/${prefix}-models`;
    const { KeyMetadata: key } = await clients.kms.send(new DescribeKeyCommand({ KeyId }));
    if (key?.KeyState === 'Enabled') return ok(`${KeyId} is enabled, ${key.KeySpec}`);
    return failed(`${KeyId} is ${key?.KeyState}`, 'Cancel its deletion or enable it: aws kms enable-key --key-id ID');
  },
};
