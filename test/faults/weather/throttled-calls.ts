/** Calls to AWS: each operation is refused now and then, and many times in a row; some are done but their answer is lost. */
import type { AwsCall, Faults } from '@dropforge/local';
import type { Chance } from '../chance.ts';
import { operationOf } from './operation.ts';

const refusedShare = 0.03;
const answerLostShare = 0.01;
/** What is created must not be created twice, so these are looked at more closely. */
const createLostShare = 0.1;
/** In each block of calls of an operation this many in a row are refused: longer than one client is willing to try. */
const blockCalls = 300;
const outageCalls = 8;

export interface Throttling {
  readonly onRequest: NonNullable<Faults['onRequest']>;
  readonly onEntry: NonNullable<Faults['onEntry']>;
  /** By operation: calls, and how many of them were refused. */
  readonly calls: ReadonlyMap<string, { calls: number; refused: number }>;
}

/** How each service says that it is too much. */
const refusals: Readonly<Record<string, { status: number; code: string }>> = {
  dynamodb: { status: 400, code: 'ProvisionedThroughputExceededException' },
  s3: { status: 503, code: 'SlowDown' },
  greengrass: { status: 429, code: 'ThrottlingException' },
};
const throttled = { status: 400, code: 'ThrottlingException' };

export function throttledCalls(chance: Chance): Throttling {
  const counts = new Map<string, { calls: number; refused: number }>();
  let entries = 0;
  return {
    calls: counts,
    async onRequest(call, answer) {
      const operation = operationOf(call);
      const count = counts.get(operation) ?? { calls: 0, refused: 0 };
      counts.set(operation, count);
      const number = count.calls++;
      if (isRefused(chance, operation, number)) {
        count.refused++;
        return refuse(call, refusals[call.service] ?? throttled);
      }
      if (isOverQuota(chance, operation, number)) {
        count.refused++;
        return refuse(call, { status: 400, code: 'ResourceLimitExceeded' });
      }
      const share = /Create|POST .*(deployments|createComponentVersion)/.test(operation)
        ? createLostShare
        : answerLostShare;
      if (call.service !== 's3' && chance('answer lost', operation, number) < share) loseAnswer(call);
      await answer();
    },
    onEntry() {
      const number = entries++;
      return number % 10 < 3 && chance('entries', Math.floor(number / 10)) < 0.3 ? 'ThrottlingException' : undefined;
    },
  };
}

function isRefused(chance: Chance, operation: string, number: number): boolean {
  if (chance('refused', operation, number) < refusedShare) return true;
  const block = Math.floor(number / blockCalls);
  const start = Math.floor(chance('outage', operation, block) * (blockCalls - outageCalls));
  const place = number % blockCalls;
  return place >= start && place < start + outageCalls;
}

/** Other teams of the account take what the slot ledger believes to be free. */
function isOverQuota(chance: Chance, operation: string, number: number): boolean {
  return /\.Create(Training|Processing)Job$/.test(operation) && chance('quota', operation, number) < 0.1;
}

function refuse({ service, request, response }: AwsCall, { status, code }: { status: number; code: string }): void {
  request.resume();
  const message = 'Rate exceeded.';
  if (service === 's3') {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ __type: code, message }));
}

/** What was asked for is done, and the connection breaks before anybody hears of it. */
function loseAnswer({ response }: AwsCall): void {
  response.write = () => true;
  response.end = () => response.destroy();
}
