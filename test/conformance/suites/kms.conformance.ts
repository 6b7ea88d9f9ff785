import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describeKmsContract } from '../../../local/src/kms/contract.ts';
import { name, newName, settings } from './target.ts';

describeKmsContract(name, async () => {
  const client = new KMSClient(settings);
  const spec = { KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' } as const;
  const { KeyMetadata } = await client.send(new CreateKeyCommand(spec));
  const { KeyId: id = '', Arn: arn = '' } = { ...KeyMetadata };
  const alias = `alias/${newName()}`;
  await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: id }));
  return {
    client,
    key: { id, arn, alias },
    async dispose() {
      await client.send(new DeleteAliasCommand({ AliasName: alias }));
      // AWS deletes no key in less than a week.
      await client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
      client.destroy();
    },
  };
});
