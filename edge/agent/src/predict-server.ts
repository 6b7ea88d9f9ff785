import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { AgentFailure } from './agent-failure.ts';
import { load } from './load-builtin.ts';
import type { Model } from './model.ts';
import { imageBytes } from './release.ts';

export interface PredictServerOptions {
  readonly model: () => Model | undefined;
  /** What `GET /health` adds about the device. */
  readonly health: () => Record<string, unknown>;
}

/** More requests than this wait too long to be of use. */
const longestLine = 32;

/**
 * The device's own programs ask here: `POST /predict` with one image of raw bytes (uint8, height x width x channels),
 * `GET /health`. Errors are RFC 9457 problem documents.
 */
export function createPredictServer({ model, health }: PredictServerOptions): Server {
  return load('node:http').createServer(async (request, response) => {
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    try {
      if (route === 'GET /health')
        return answer(response, model() ? 200 : 503, { status: model() ? 'ok' : 'no-model', ...health() });
      if (route === 'POST /predict') return answer(response, 200, await predict(request, model()));
      throw new Refusal(404, 'NO_SUCH_ROUTE', `There is no ${route}; ask GET /health or POST /predict.`);
    } catch (error) {
      const { status, code, message } = toRefusal(error);
      answer(response, status, { title: code, status, code, detail: message }, 'application/problem+json');
    }
  });
}

async function predict(request: IncomingMessage, model: Model | undefined) {
  if (!model) throw new Refusal(503, 'NO_MODEL', 'This device has no model yet.');
  const { release, runner } = model;
  const image = await readImage(request, imageBytes(release), release.input);
  if (runner.waiting >= longestLine) throw new Refusal(503, 'BUSY', `${runner.waiting} images wait; ask again later.`);
  const startedAt = performance.now();
  const logits = await runner.predict(image);
  const classIndex = logits.reduce((best, logit, index) => (logit > (logits[best] ?? 0) ? index : best), 0);
  return {
    modelId: release.modelId,
    modelDigest: release.modelDigest,
    class: release.classes[classIndex],
    classIndex,
    logits: [...logits],
    milliseconds: Math.round((performance.now() - startedAt) * 1_000) / 1_000,
  };
}

async function readImage(request: IncomingMessage, bytes: number, shape: Model['release']['input']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytes) break;
    chunks.push(chunk);
  }
  if (length === bytes) return Buffer.concat(chunks);
  const { height, width, channels } = shape;
  const message = `An image has ${bytes} bytes (${height} x ${width} x ${channels}, uint8); the request has ${length > bytes ? 'more' : length}.`;
  throw new Refusal(400, 'IMAGE_SIZE_WRONG', message);
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof AgentFailure) return new Refusal(503, error.code, error.message);
  return new Refusal(500, 'INTERNAL_ERROR', 'The agent could not answer; its log has the reason.');
}

function answer(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, connection: status < 400 ? 'keep-alive' : 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}
