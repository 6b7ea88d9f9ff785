import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { startEndpoint } from '../testing/start-endpoint.ts';
import { describeKmsContract } from './contract.ts';
import { openKeys } from './keys.ts';
import { createKms } from './kms.ts';

const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = `arn:aws:kms:eu-west-1:000000000000:key/${id}`;
const description = { logicalId: 'Key', id, arn, spec: 'ECC_NIST_EDWARDS25519', aliases: ['alias/models'] };
const newDirectory = () => mkdtempSync(path.join(tmpdir(), 'dropforge-kms-'));

describeKmsContract('the stand-in', async () => {
  const directory = newDirectory();
  const endpoint = await startEndpoint({ kms: createKms(openKeys(directory, [description])) });
  const client = new KMSClient(endpoint.settings);
  return {
    client,
    key: { id, arn, alias: 'alias/models' },
    async dispose() {
      client.destroy();
      await endpoint.close();
      rmSync(directory, { recursive: true });
    },
  };
});

it('a key outlives the process, in a file that its owner alone may read', () => {
  const directory = newDirectory();
  const before = openKeys(directory, [description]).publicPem();
  expect(openKeys(directory, [description]).publicPem()).toBe(before);
  const [file = '', ...rest] = readdirSync(path.join(directory, 'kms'));
  expect(rest).toEqual([]);
  expect(statSync(path.join(directory, 'kms', file)).mode & 0o777).toBe(0o600);
  rmSync(directory, { recursive: true });
});
