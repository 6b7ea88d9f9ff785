/** DynamoDB in a thread: dynalite throws its internal errors at the process, and here they end only this thread. */
import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';
import { closeIterators } from './close-iterators.ts';

/** A request and its answer; `id` belongs to both. */
export interface DynamodbRequest {
  id: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface DynamodbResponse {
  id: number;
  status: number;
  headers: Record<string, string>;
  body: string;
}

closeIterators();
const server = dynalite({ path: String(workerData.path), createTableMs: 0 });

parentPort?.on('message', ({ id, headers, body }: DynamodbRequest) => {
  const request = Object.assign(Readable.from([Buffer.from(body)]), { method: 'POST', url: '/', headers });
  server.emit('request', request, responseTo(id));
});

/** The few members of a ServerResponse that dynalite uses. */
function responseTo(id: number) {
  const headers: Record<string, string> = {};
  const response = {
    statusCode: 200,
    setHeader: (name: string, value: string | number) => {
      headers[name.toLowerCase()] = String(value);
    },
    end: (body = '') => {
      const message: DynamodbResponse = { id, status: response.statusCode, headers, body };
      parentPort?.postMessage(message);
    },
  };
  return response;
}
