import { setTimeout as wait } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { signRequest } from '../api/sign-request.ts';
import type { AwsSettings } from '../cloud/cloud.ts';

/** The few calls of Lambda's API that people at a terminal need. https://docs.aws.amazon.com/lambda/latest/api/ */
export interface Lambda {
  /** Runs a function at least once with an event, as EventBridge does; done when Lambda has taken it. */
  invokeLater(functionName: string, payload: string): Promise<void>;
  /** Asks only whether the caller might. */
  dryRun(functionName: string): Promise<void>;
  configuration(functionName: string): Promise<FunctionConfiguration>;
  accountConcurrency(): Promise<{ total: number; unreserved: number }>;
}

const FunctionConfiguration = z.object({
  State: z.string().optional(),
  LastUpdateStatus: z.string().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()).optional() }).optional(),
});
export type FunctionConfiguration = z.output<typeof FunctionConfiguration>;

const AccountSettings = z.object({
  AccountLimit: z.object({ ConcurrentExecutions: z.number(), UnreservedConcurrentExecutions: z.number() }),
});

/** An answer of Lambda's that is no success; `name` is the exception's. */
export class LambdaError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export function createLambda(settings: AwsSettings): Lambda {
  const invoke = (name: string, type: string, body: string) =>
    call(settings, 'POST', `/2015-03-31/functions/${name}/invocations`, body, { 'x-amz-invocation-type': type });
  const get = (path: string) => call(settings, 'GET', path);
  return {
    invokeLater: async (name, payload) => void (await invoke(name, 'Event', payload)),
    dryRun: async (name) => void (await invoke(name, 'DryRun', '{}')),
    configuration: async (name) =>
      FunctionConfiguration.parse(await get(`/2015-03-31/functions/${name}/configuration`)),
    async accountConcurrency() {
      const { AccountLimit: limit } = AccountSettings.parse(await get('/2016-08-19/account-settings/'));
      return { total: limit.ConcurrentExecutions, unreserved: limit.UnreservedConcurrentExecutions };
    },
  };
}

/** Lambda asks callers to come again when it is busy. */
const triesWhenThrottled = 4;

async function call(
  settings: AwsSettings,
  method: string,
  path: string,
  body = '',
  headers: Record<string, string> = {},
): Promise<unknown> {
  const base = settings.endpoint ?? endpointOf(settings.region);
  const url = new URL(path, base);
  // The chain that finds credentials is the same in every client of the SDK.
  const { credentials } = new S3Client(settings).config;
  for (let tries = 1; ; tries++) {
    const signed = await signRequest({ method, url, headers, body }, settings.region, credentials, 'lambda');
    const response = await fetch(url, { method, headers: signed, ...(body && { body }) });
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : undefined;
    if (response.status !== 429 || tries === triesWhenThrottled) throw errorOf(response, text);
    await wait(2 ** tries * 250);
  }
}

/** China's regions have a suffix of their own. https://docs.aws.amazon.com/general/latest/gr/lambda-service.html */
function endpointOf(region: string): string {
  return `https://lambda.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function errorOf(response: Response, text: string): LambdaError {
  const name = response.headers.get('x-amzn-errortype')?.split(':')[0] ?? `Status${response.status}`;
  let message = text;
  try {
    const answer = z.object({ message: z.string().optional(), Message: z.string().optional() }).parse(JSON.parse(text));
    message = answer.message ?? answer.Message ?? text;
  } catch {
    // A gateway on the way answers in words of its own.
  }
  return new LambdaError(name, message.slice(0, 500), response.status);
}
