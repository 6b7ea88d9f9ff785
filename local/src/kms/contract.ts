/**
 * What KMS does, as far as Dropforge relies on it, in sentences, for the stand-in and for AWS alike.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
import { createPublicKey, verify } from 'node:crypto';
import { DescribeKeyCommand, GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A service under test. */
export interface ContractTarget {
  readonly client: KMSClient;
  /** An enabled key of the spec ECC_NIST_EDWARDS25519 that signs, with an alias (`alias/…`). */
  readonly key: { readonly id: string; readonly arn: string; readonly alias: string };
  dispose(): Promise<void>;
}

export function describeKmsContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps KMS's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    const message = Buffer.from('a model ü');
    const sign = (fields: Partial<SignCommand['input']> = {}) => {
      const input = { KeyId: target.key.arn, Message: message, SigningAlgorithm: 'ED25519_SHA_512' } as const;
      return target.client.send(new SignCommand({ ...input, MessageType: 'RAW', ...fields }));
    };
    const publicKey = async (KeyId: string) => {
      const { PublicKey } = await target.client.send(new GetPublicKeyCommand({ KeyId }));
      return createPublicKey({ key: Buffer.from(PublicKey ?? []), type: 'spki', format: 'der' });
    };

    it('signs a message so that its public key verifies it anywhere', async () => {
      const { Signature = new Uint8Array(), KeyId, SigningAlgorithm } = await sign();
      expect({ KeyId, SigningAlgorithm }).toEqual({ KeyId: target.key.arn, SigningAlgorithm: 'ED25519_SHA_512' });
      const key = await publicKey(target.key.arn);
      expect(key.asymmetricKeyType).toBe('ed25519');
      expect(verify(null, message, key, Signature)).toBe(true);
      expect(verify(null, Buffer.from('another'), key, Signature)).toBe(false);
    });

    it('takes what is not said to be a digest for a message', async () => {
      const { Signature } = await sign({ MessageType: undefined });
      expect(verify(null, message, await publicKey(target.key.arn), Signature ?? new Uint8Array())).toBe(true);
    });

    it('knows a key by id, ARN and alias', async () => {
      const { id, arn, alias } = target.key;
      for (const KeyId of [id, arn, alias, arn.replace(/key\/.*$/, alias)]) {
        expect((await sign({ KeyId })).KeyId, KeyId).toBe(arn);
        const { KeyMetadata } = await target.client.send(new DescribeKeyCommand({ KeyId }));
        expect(KeyMetadata, KeyId).toMatchObject({
          ...{ KeyId: id, Arn: arn, KeyState: 'Enabled', KeyUsage: 'SIGN_VERIFY' },
          KeySpec: 'ECC_NIST_EDWARDS25519',
        });
      }
    });

    it('signs up to 4096 bytes, and no more', async () => {
      await sign({ Message: Buffer.alloc(4_096) });
      await expect(sign({ Message: Buffer.alloc(4_097) })).rejects.toMatchObject({ name: 'ValidationException' });
    });

    it('refuses a digest for an algorithm that hashes itself', async () => {
      const digest = { Message: Buffer.alloc(64), MessageType: 'DIGEST' } as const;
      await expect(sign(digest)).rejects.toMatchObject({ name: 'ValidationException' });
    });

    it("refuses another kind of key's algorithm", async () => {
      const refused = { name: 'InvalidKeyUsageException' };
      await expect(sign({ SigningAlgorithm: 'ECDSA_SHA_256' })).rejects.toMatchObject(refused);
    });

    it('knows no key that nobody made', async () => {
      const KeyId = '00000000-0000-0000-0000-000000000000';
      await expect(sign({ KeyId })).rejects.toMatchObject({ name: 'NotFoundException' });
      await expect(publicKey(KeyId)).rejects.toMatchObject({ name: 'NotFoundException' });
    });
  });
}
