/** A refused call, in the words of AWS. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
import { AwsError } from '../aws-endpoint/aws-error.ts';
import type { Identity } from './identities.ts';
import type { Permission } from './policy.ts';

export function refusalMessage({ arn }: Identity, { action, resource }: Permission): string {
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  return `User: ${arn} is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`;
}

/** Services differ in the code and the status of it. */
export function refusal(service: string, message: string): AwsError {
  if (service === 'iotdata') return new AwsError(403, 'ForbiddenException', message);
  if (service === 'sqs') return new AwsError(403, 'AccessDenied', message);
  return new AwsError(restServices.has(service) ? 403 : 400, 'AccessDeniedException', message);
}

const restServices = new Set(['greengrass', 'iot']);
