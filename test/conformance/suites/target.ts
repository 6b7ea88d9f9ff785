/** Where the suites are held against: moto, whose address `npm run conformance` gives, or the account of the environment. */
import { randomUUID } from 'node:crypto';

/** An address of moto; absent when the suites run against AWS. */
const { MOTO_URL: endpoint } = process.env;

/** What every client of the suites is made with. On AWS the SDK finds region and credentials by itself. */
export const settings = endpoint
  ? {
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    }
  : { maxAttempts: 3 };

export const isRemote = endpoint === undefined;
export const name = isRemote ? 'AWS' : 'moto';

/** Begins the names of everything that is created, so that it can be told from everything else in an account. */
export const prefix = process.env.DROPFORGE_REMOTE_PREFIX ?? 'conformance';

/** A name that nothing has yet. */
export function newName(): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`;
}
