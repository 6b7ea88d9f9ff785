/** A running stand-in for tests: its own folder, its own port. */
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { stateFolder } from '../../testing/state-folder.ts';
import { createS3, type S3, type S3Options } from '../create-s3.ts';
import { CREDENTIALS, REGION } from './credentials.ts';

export { CREDENTIALS, REGION };

export interface RunningS3 {
  readonly s3: S3;
  readonly directory: string;
  readonly endpoint: string;
  client(config?: S3ClientConfig): S3Client;
  /** Stops the server and leaves the folder, as a crash or a restart would. */
  stop(): Promise<void>;
  /** Stops the server and removes the folder. */
  dispose(): Promise<void>;
}

export async function startS3(options: Partial<S3Options> = {}): Promise<RunningS3> {
  const directory = options.directory ?? stateFolder('s3');
  const s3 = await createS3({ credentials: CREDENTIALS, region: REGION, ...options, directory });
  const server = createServer((request, response) => s3.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  const clients: S3Client[] = [];
  let isStopped = false;

  async function stop(): Promise<void> {
    if (isStopped) return;
    isStopped = true;
    for (const client of clients) client.destroy();
    await s3.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  return {
    s3,
    directory,
    endpoint,
    client(config = {}) {
      const client = new S3Client({
        endpoint,
        region: options.region ?? REGION,
        credentials: CREDENTIALS,
        forcePathStyle: true,
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    stop,
    async dispose() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
