/**
 * A stand-in in a process of its own that dies, without a word, at a chosen moment.
 * Arguments: the folder and the moment. Prints its endpoint.
 */

import promises from 'node:fs/promises';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { createS3 } from '../create-s3.ts';
import { CREDENTIALS, REGION } from './credentials.ts';

export type CrashMoment = 'before-rename' | 'after-rename' | 'after-commit' | 'disk-full';

const [directory = '', moment] = process.argv.slice(2);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable: the process is gone');
}

const { open } = promises;
const s3 = await createS3({
  directory,
  credentials: CREDENTIALS,
  region: REGION,
  onObjectCreated: () => (moment === 'after-commit' ? die() : undefined),
});

// From here on the functions of the file system do what the moment needs.
if (moment === 'before-rename') promises.rename = async () => die();
if (moment === 'after-rename') {
  promises.open = async (path, flags, mode) => (flags === 'r' ? die() : open(path, flags, mode)); // a folder, to be synced
}
if (moment === 'disk-full') {
  promises.open = async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    file.write = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    return file;
  };
}
syncBuiltinESMExports();

const server = createServer((request, response) => s3.handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
