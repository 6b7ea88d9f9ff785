/** Which permissions a call needs, its own and those of what AWS does for it with the caller's rights. */
import { dynamodb } from './permissions/dynamodb.ts';
import { greengrass } from './permissions/greengrass.ts';
import type { Input, Place, Rules } from './permissions/rule.ts';
import { s3 } from './permissions/s3.ts';
import { sagemaker } from './permissions/sagemaker.ts';
import { events, iot, iotdata, kms, secretsmanager, sqs, sts } from './permissions/services.ts';
import type { Permission } from './policy.ts';

/** A call of AWS's API; `service` is the name that the request is signed for. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Input;
}

/** undefined for a call that no table has: nobody knows what it needs, so only the account itself may make it. */
export function permissionsFor({ service, operation, input }: ApiCall, place: Place): Permission[] | undefined {
  return tables[service]?.[operation]?.(input, place);
}

const tables: Readonly<Record<string, Rules>> = {
  dynamodb,
  events,
  greengrass,
  iot,
  iotdata,
  kms,
  s3,
  sagemaker,
  secretsmanager,
  sqs,
  sts,
};
