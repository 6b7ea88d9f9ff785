/** The signing keys of the stack: `<directory>/kms/<key id>.pem`, made at the first start, readable by their owner alone. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { KeyDescription } from '../serverless-file/description.ts';

export interface Key extends KeyDescription {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Keys {
  /** By id, ARN, alias name or alias ARN. */
  find(id: string): Key | undefined;
  /** The public halves as PEM, one after the other: what a device is set up with. */
  publicPem(): string;
}

export function openKeys(directory: string, descriptions: readonly KeyDescription[]): Keys {
  const folder = path.join(directory, 'kms');
  mkdirSync(folder, { recursive: true });
  const keys = descriptions.map((description): Key => {
    const privateKey = createPrivateKey(readOrMake(path.join(folder, `${description.id}.pem`)));
    return { ...description, privateKey, publicKey: createPublicKey(privateKey) };
  });
  return {
    find: (id) => keys.find((key) => names(key).includes(id)),
    publicPem: () => keys.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' })).join(''),
  };
}

function names({ id, arn, aliases }: KeyDescription): string[] {
  return [id, arn, ...aliases, ...aliases.map((alias) => arn.replace(/key\/.*$/, alias))];
}

function readOrMake(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // readFileSync's errors have codes
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(`${file}.new`, pem, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return pem;
}
