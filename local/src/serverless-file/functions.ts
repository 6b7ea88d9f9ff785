/** Functions of serverless.yml: handler, limits, environment, triggers. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FunctionDescription, RetryPolicy } from './description.ts';
import { readTriggers } from './function-triggers.ts';
import type { Reader } from './read-serverless-file.ts';
import { readStatements } from './roles.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { asInteger, asRecord, asText, optionalInteger } from './values.ts';

/** Reads every function; the provider's environment lies under each function's own. */
export function readFunctions(
  functions: ReadonlyMap<string, Record<string, unknown>>,
  providerEnvironment: Record<string, unknown>,
  reader: Reader,
): FunctionDescription[] {
  return [...functions].map(([key, definition]) => {
    const place = `functions.${key}`;
    const name =
      definition.name === undefined ? `${reader.service}-${reader.stage}-${key}` : asText(definition.name, place);
    const arn = `arn:aws:lambda:${reader.region}:${reader.accountId}:function:${name}`;
    return {
      key,
      name,
      arn,
      ...readHandler(definition.handler, `${place}.handler`, reader.root),
      // Lambda's own bounds and defaults.
      timeoutSeconds: asInteger(definition.timeout, `${place}.timeout`, { least: 1, most: 900, fallback: 6 }),
      memoryMegabytes: asInteger(definition.memorySize, `${place}.memorySize`, {
        least: 128,
        most: 10240,
        fallback: 1024,
      }),
      environment: readEnvironment(
        { ...providerEnvironment, ...asRecord(definition.environment ?? {}, `${place}.environment`) },
        `${place}.environment`,
        reader,
      ),
      roleStatements: readStatements(
        reader.resolve(definition.iamRoleStatements ?? [], `${place}.iamRoleStatements`),
        `${place}.iamRoleStatements`,
      ),
      reservedConcurrency: optionalInteger(definition.reservedConcurrency, `${place}.reservedConcurrency`, {
        least: 0,
        most: 1000,
      }),
      retryPolicy: readRetryPolicy(definition, place, invocationBounds),
      failureQueueArn: readFailureQueue(definition.destinations, `${place}.destinations`, reader),
      ...readTriggers(definition.events ?? [], { key, place, reader }),
    };
  });
}

function readHandler(value: unknown, place: string, root: string): { handlerFile: string; handlerExport: string } {
  const handler = asText(value, place);
  const dot = handler.lastIndexOf('.');
  if (dot <= 0) throw new ServerlessFileError('VALUE_INVALID', place, `"${handler}" must be <file>.<export>`);
  const base = path.resolve(root, handler.slice(0, dot));
  const handlerFile = ['.ts', '.mts', '.mjs', '.js']
    .map((extension) => base + extension)
    .find((file) => existsSync(file));
  if (handlerFile === undefined) throw new ServerlessFileError('VALUE_INVALID', place, `there is no file ${base}.ts`);
  return { handlerFile, handlerExport: handler.slice(dot + 1) };
}

function readEnvironment(values: Record<string, unknown>, place: string, reader: Reader): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const resolved = reader.resolve(value, `${place}.${name}`);
    if (resolved === undefined || resolved === null) continue;
    if (!['string', 'number', 'boolean'].includes(typeof resolved)) {
      throw new ServerlessFileError('VALUE_INVALID', `${place}.${name}`, 'must be a text');
    }
    environment[name] = String(resolved);
  }
  return environment;
}

/** Lambda's: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
const invocationBounds = { attempts: 2, ageSeconds: 21_600 };
/** EventBridge's: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html */
export const ruleBounds = { attempts: 185, ageSeconds: 86_400 };

/** `maximumRetryAttempts` and `maximumEventAge` of a function (Lambda's asynchronous invocation) or of a rule's target. */
export function readRetryPolicy(
  value: Record<string, unknown>,
  place: string,
  most: typeof ruleBounds,
): Partial<RetryPolicy> {
  const attempts = optionalInteger(value.maximumRetryAttempts, `${place}.maximumRetryAttempts`, {
    least: 0,
    most: most.attempts,
  });
  const age = optionalInteger(value.maximumEventAge, `${place}.maximumEventAge`, { least: 60, most: most.ageSeconds });
  return {
    ...(attempts === undefined ? {} : { maximumRetryAttempts: attempts }),
    ...(age === undefined ? {} : { maximumEventAgeSeconds: age }),
  };
}

/** Queues alone: nothing here would read a topic or a bus for what failed. */
function readFailureQueue(value: unknown, place: string, reader: Reader): string | undefined {
  const { onFailure, onSuccess } = asRecord(value ?? {}, place);
  if (onSuccess !== undefined) {
    throw new ServerlessFileError('VALUE_INVALID', `${place}.onSuccess`, 'only onFailure is followed here');
  }
  if (onFailure === undefined) return undefined;
  const destination = reader.resolve(onFailure, `${place}.onFailure`);
  const arn = typeof destination === 'string' ? destination : asRecord(destination, `${place}.onFailure`).arn;
  const text = asText(arn, `${place}.onFailure`);
  if (text.startsWith('arn:aws:sqs:')) return text;
  throw new ServerlessFileError('VALUE_INVALID', `${place}.onFailure`, `"${text}" is not the ARN of a queue`);
}
