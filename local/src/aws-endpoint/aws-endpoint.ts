/** One port for every AWS service: requests are told apart by the service that they are signed for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Access } from '../access/access.ts';
import type { Faults } from '../faults.ts';
import { AwsError } from './aws-error.ts';
import { credentialScope } from './credential-scope.ts';
import { sendJsonError } from './json-protocol.ts';

/** Answers one request; a rejection becomes an InternalFailure. */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface AwsEndpoint {
  server: Server;
  /** Sends requests that are signed for `signingName` to a service; it verifies more than the access key if it wants to. */
  register(signingName: string, handler: ServiceHandler): void;
  /** From now on callers are told apart by their keys, and may do what their policies allow. */
  guard(access: Access): void;
}

export interface AwsEndpointOptions {
  accessKeyId: string;
  /** Requests wait for this, so that the port can be taken before the services stand. */
  ready: Promise<void>;
  onRequest?: Faults['onRequest'];
  onError(error: unknown): void;
}

export function createAwsEndpoint({ accessKeyId, ready, onRequest, onError }: AwsEndpointOptions): AwsEndpoint {
  const handlers = new Map<string, ServiceHandler>();
  let access: Access | undefined;
  const knows = (key: string) => (access ? access.identities.find(key) !== undefined : key === accessKeyId);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await ready;
    const scope = credentialScope(request);
    // S3 alone answers unsigned requests, and has its own words for a wrong key.
    const service = scope?.service ?? (request.headers['x-amz-target'] === undefined ? 's3' : undefined);
    if (service === undefined) {
      throw new AwsError(403, 'MissingAuthenticationTokenException', 'Request is missing Authentication Token');
    }
    access?.recorder?.follow(request, response);
    if (service !== 's3' && !knows(scope?.accessKeyId ?? '')) {
      throw new AwsError(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    const handler = handlers.get(service);
    if (handler === undefined) {
      const known = [...handlers.keys()].join(', ');
      throw new AwsError(501, 'UnknownService', `The embedded cloud has no service ${service}; it has ${known}.`);
    }
    if (service !== 's3') await access?.authorize(service, scope?.accessKeyId ?? '', request);
    if (onRequest === undefined) await handler(request, response);
    else await onRequest({ service, request, response }, async () => handler(request, response));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!(error instanceof AwsError)) onError(error);
      sendJsonError(response, error);
    });
  });
  // Uploads take as long as they take.
  server.requestTimeout = 0;
  return {
    server,
    register: (signingName, handler) => void handlers.set(signingName, handler),
    guard(given) {
      access = given;
    },
  };
}
