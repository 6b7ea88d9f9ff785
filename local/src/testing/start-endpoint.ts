/** An endpoint for tests with the services that a test registers, and the settings of a client for it. */
import { createAwsEndpoint, type ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { closeServer, listen } from '../listen.ts';

export interface RunningEndpoint {
  readonly url: string;
  /** What every SDK client takes. */
  readonly settings: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  close(): Promise<void>;
}

/** Starts it on a free port; `handlers` go by signing name. */
export async function startEndpoint(handlers: Readonly<Record<string, ServiceHandler>>): Promise<RunningEndpoint> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = createAwsEndpoint({ ...credentials, ready: Promise.resolve(), onError: console.error });
  for (const [name, handler] of Object.entries(handlers)) endpoint.register(name, handler);
  const url = await listen(endpoint.server, 'aws', 0);
  return {
    url,
    settings: { endpoint: url, region: 'eu-west-1', credentials, maxAttempts: 1 },
    close: () => closeServer(endpoint.server),
  };
}
