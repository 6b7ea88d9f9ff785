/** Lambda's own API, as far as people at a terminal need it: invoke later, look at a function. https://docs.aws.amazon.com/lambda/latest/api/ */
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type RestAction, type RestRequest, restService } from '../iot/rest-service.ts';
import type { FunctionDescription } from '../serverless-file/description.ts';

export interface LambdaApiOptions {
  readonly functions: readonly FunctionDescription[];
  /** Runs a function at least once; safe when this returns. */
  invokeLater(functionKey: string, payload: unknown): void;
}

/** Concurrency that a new account has. */
const accountConcurrency = 1_000;

export function createLambdaApi({ functions, invokeLater }: LambdaApiOptions): ServiceHandler {
  const find = ({ path }: RestRequest): FunctionDescription => {
    const name = path.name?.split(':').at(-1);
    const found = functions.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new AwsError(404, 'ResourceNotFoundException', `Function not found: ${path.name}`);
  };
  const invoke: RestAction = (request) => {
    const { key } = find(request);
    const type = request.headers['x-amz-invocation-type'];
    if (type === 'DryRun') return { status: 204, body: undefined };
    if (type !== 'Event') {
      throw new AwsError(400, 'InvalidParameterValueException', 'Only the types Event and DryRun are answered here.');
    }
    invokeLater(key, parsePayload(request.body));
    return { status: 202, body: undefined };
  };
  const reserved = functions.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
  return restService({
    'POST /2015-03-31/functions/{name}/invocations': invoke,
    'GET /2015-03-31/functions/{name}/configuration': (request) => ({ body: configurationOf(find(request)) }),
    'GET /2016-08-19/account-settings/': () => ({
      body: {
        AccountLimit: {
          ConcurrentExecutions: accountConcurrency,
          UnreservedConcurrentExecutions: accountConcurrency - reserved,
        },
      },
    }),
  });
}

function parsePayload(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

function configurationOf({ name, arn, timeoutSeconds, memoryMegabytes, environment }: FunctionDescription) {
  return {
    FunctionName: name,
    FunctionArn: arn,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Timeout: timeoutSeconds,
    MemorySize: memoryMegabytes,
    Environment: { Variables: environment },
  };
}
