/** AWS's JSON protocols: `POST /`, the action in `X-Amz-Target`, structures as JSON. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceHandler } from './aws-endpoint.ts';
import { AwsError } from './aws-error.ts';
import { readBody } from './read-body.ts';

/** One action: the request's structure in, the response's structure out; refuses by throwing AwsError. */
export type JsonAction = (input: Record<string, unknown>) => unknown;

const LARGEST_REQUEST_BYTES = 16 * 1024 * 1024;

/** A service from its actions, by name. */
export function jsonService(actions: Record<string, JsonAction>): ServiceHandler {
  const byName = new Map(Object.entries(actions));
  return async (request, response) => {
    const name = actionName(request);
    const action = byName.get(name);
    if (action === undefined) {
      const known = [...byName.keys()].join(', ');
      throw new AwsError(
        400,
        'UnknownOperationException',
        `The embedded cloud has no action "${name}"; it has ${known}.`,
      );
    }
    const output = await action(parse(await readBody(request, LARGEST_REQUEST_BYTES)));
    sendJson(response, 200, output ?? {}, request.headers['content-type']);
  };
}

/** Answers with an error in the form that SDKs turn into exceptions; what is no AwsError is our own fault. */
export function sendJsonError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof AwsError ? error : new AwsError(500, 'InternalFailure', 'The embedded cloud failed.');
  response.setHeader('x-amzn-errortype', known.code);
  // https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
  if (known.queryCode !== undefined) response.setHeader('x-amzn-query-error', `${known.queryCode};Sender`);
  sendJson(response, known.status, { __type: known.code, message: known.message, ...known.members });
}

function sendJson(response: ServerResponse, status: number, body: unknown, contentType?: string): void {
  response.writeHead(status, {
    'content-type': contentType?.startsWith('application/x-amz-json') ? contentType : 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}

function actionName(request: IncomingMessage): string {
  const target = String(request.headers['x-amz-target'] ?? '');
  return target.slice(target.lastIndexOf('.') + 1);
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Answered below, like every other body that is no structure.
  }
  throw new AwsError(400, 'SerializationException', 'The request body is not a JSON structure.');
}
