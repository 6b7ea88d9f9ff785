/** Every recorded request, and every answer of a stand-in, against AWS's own service models. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { RecordedCall } from '@dropforge/local';
import { collectCalls } from '../../permissions/collect-calls.ts';
import type { Result } from '../checks.ts';
import { checkAnswer, checkRequest } from './check-call.ts';
import { type KnownAnswer, knownAnswers } from './known-answers.ts';
import { loadServiceModel, type ServiceModel } from './service-model.ts';

/** Two checks for each service: what is asked of it, and what its stand-in answers. `python` has botocore. */
export async function checkRequests(python: string): Promise<Result[]> {
  const { calls } = await collectCalls();
  return checkCalls(calls, botocoreData(python));
}

export function checkCalls(calls: readonly RecordedCall[], dataFolder: string): Result[] {
  const models = new Map<string, ServiceModel>();
  const modelOf = (service: string) => {
    const model = models.get(service) ?? loadServiceModel(dataFolder, service);
    models.set(service, model);
    return model;
  };
  const services = [...new Set(calls.map(({ service }) => service))].sort();
  const met = new Set<KnownAnswer>();
  const isNews = (call: RecordedCall) => (fault: string) => {
    const known = knownAnswers.find(
      (one) => one.operation === `${call.service}:${call.operation}` && one.fault.test(fault),
    );
    if (known !== undefined) met.add(known);
    return known === undefined;
  };
  const results = services.flatMap((service) => {
    const own = calls.filter((call) => call.service === service);
    // What the account itself does here stands in for a person with the aws command, and for tests.
    const asked = own.filter(({ caller }) => caller.kind !== 'account');
    return [
      result(`requests to ${service}`, asked, (call) => checkRequest(modelOf(service), call)),
      result(`answers of ${service}`, own, (call) => checkAnswer(modelOf(service), call).filter(isNews(call))),
    ];
  });
  const vanished = knownAnswers
    .filter((one) => !met.has(one))
    .map(({ operation, reason }) => `${operation}: ${reason}`);
  const detail =
    vanished.length === 0 ? `${met.size}` : ['no longer so, take it out:', ...vanished].join('\n            ');
  return [
    ...results,
    { name: 'known differences of answers', outcome: vanished.length === 0 ? 'passed' : 'failed', detail },
  ];
}

function result(name: string, calls: readonly RecordedCall[], check: (call: RecordedCall) => string[]): Result {
  const faults = new Set(calls.flatMap((call) => check(call).map((fault) => `${call.operation}: ${fault}`)));
  const operations = new Set(calls.map(({ operation }) => operation)).size;
  const detail = `${calls.length} of ${operations} operations`;
  if (faults.size === 0) return { name, outcome: calls.length === 0 ? 'skipped' : 'passed', detail };
  return { name, outcome: 'failed', detail: [detail, ...faults].join('\n            ') };
}

function botocoreData(python: string): string {
  const program = 'import botocore, os; print(os.path.dirname(botocore.__file__))';
  return join(execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim(), 'data');
}
