import type { Reason } from '@dropforge/events';

/** Why training does not start now, or will not, in words for people. */
const untilThen = 'Nothing to do: the run goes on by itself as soon as it can.';

export function slotsTaken(quota: string, limit: number): Reason {
  const message = `All ${limit} instances of the quota "${quota}" are taken.`;
  return { code: 'RESOURCE_LIMIT', message, action: untilThen };
}

export function notNow({ code, message }: { code: string; message: string }): Reason {
  return { code, message, action: untilThen };
}

export function waitedTooLong({ maximumWaitSeconds }: { maximumWaitSeconds: number }, where: string): Reason {
  const minutes = Math.round(maximumWaitSeconds / 60);
  return {
    code: 'CAPACITY_WAIT_EXCEEDED',
    message: `AWS had no capacity for any instance type of the recipe within ${minutes} minutes.`,
    where,
    action: 'Add instance types to training.instanceTypes or raise training.maximumWaitSeconds, then start again.',
  };
}

export function quotasTooSmall(
  { instanceCount }: { instanceCount: number },
  quotas: readonly string[],
  where: string,
): Reason {
  return {
    code: 'QUOTA_TOO_SMALL',
    message: `No quota is large enough for ${instanceCount} at once: ${quotas.join(', ')}.`,
    where,
    action:
      'Raise trainingSlotCount or trainingQuotas of the deployment, ask AWS for a higher quota (Service Quotas, Amazon SageMaker), or name other types in the recipe.',
  };
}

export function nameTaken(where: string): Reason {
  return {
    code: 'JOB_NAME_TAKEN',
    message: `A training job named ${where} exists and was not started for this run.`,
    where,
    action: 'Retry the run: its next attempt has another name. Two deployments of one account must differ in stage.',
  };
}

export function unfit(message: string, where: string): Reason {
  const action = 'Correct instanceTypes in the recipe, or the image and the role of the deployment, then start again.';
  return { code: 'JOB_REFUSED', message, where, action };
}
