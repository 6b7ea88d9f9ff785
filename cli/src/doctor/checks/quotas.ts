import { ListServiceQuotasCommand, type ServiceQuota } from '@aws-sdk/client-service-quotas';
import { type Found, failed, ok, skipped } from '../finding.ts';
import { type Check, type Patient, variableOf } from '../patient.ts';

/** How many instances SageMaker lets the account run, of the types that jobs ask for. https://docs.aws.amazon.com/general/latest/gr/sagemaker.html */
export const quotas: Check = {
  name: 'quotas',
  service: 'Service Quotas',
  async examine(patient) {
    const { instanceTypes, instanceCount, spot } = patient.training;
    const conversion = await variableOf(patient, 'conversion-starter-start', 'CONVERSION_INSTANCE_TYPE');
    const wanted = [
      ...instanceTypes.map((type) => ({ name: `${type} for training job usage`, count: instanceCount })),
      ...(spot ? instanceTypes : []).map((type) => ({
        name: `${type} for spot training job usage`,
        count: instanceCount,
      })),
      ...(conversion ? [{ name: `${conversion} for processing job usage`, count: 1 }] : []),
    ];
    const known = await quotasNamed(patient, new Set(wanted.map(({ name }) => name)));
    return wanted.map(({ name, count }) => judge(name, count, known.get(name)));
  },
};

function judge(name: string, count: number, quota: ServiceQuota | undefined): Found {
  if (!quota || quota.Value === undefined) return skipped(`AWS lists no quota "${name}"`, 'Check the instance type.');
  const { Value: value, QuotaCode: code } = quota;
  if (value >= count) return ok(`${value} × ${name}`);
  const action = `aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code ${code} --desired-value ${count}`;
  return failed(`${value} × ${name}, ${count} needed: jobs wait for ever`, action);
}

async function quotasNamed({ clients }: Patient, names: ReadonlySet<string>): Promise<Map<string, ServiceQuota>> {
  const found = new Map<string, ServiceQuota>();
  let NextToken: string | undefined;
  do {
    const command = new ListServiceQuotasCommand({ ServiceCode: 'sagemaker', MaxResults: 100, NextToken });
    const page = await clients.quotas.send(command);
    for (const quota of page.Quotas ?? []) {
      if (quota.QuotaName && names.has(quota.QuotaName)) found.set(quota.QuotaName, quota);
    }
    NextToken = found.size === names.size ? undefined : page.NextToken;
  } while (NextToken);
  return found;
}
