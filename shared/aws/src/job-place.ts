import { z } from 'zod';

const list = z
  .string()
  .prefault('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []));

/** Where SageMaker's jobs run and which key encrypts what they write, as a deployment's parameters say; empty for none. */
export const jobPlace = {
  JOB_SUBNET_IDS: list.pipe(z.array(z.string().regex(/^subnet-[0-9a-f]+$/)).max(16)),
  JOB_SECURITY_GROUP_IDS: list.pipe(z.array(z.string().regex(/^sg-[0-9a-f]+$/)).max(5)),
  JOB_KMS_KEY_ARN: z.string().max(2_048).prefault(''),
};
export type JobPlace = z.output<z.ZodObject<typeof jobPlace>>;

/** AWS wants both lists or neither. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html */
export function vpcConfig(place: JobPlace): { VpcConfig?: { Subnets: string[]; SecurityGroupIds: string[] } } {
  const { JOB_SUBNET_IDS: Subnets, JOB_SECURITY_GROUP_IDS: SecurityGroupIds } = place;
  if ((Subnets.length === 0) !== (SecurityGroupIds.length === 0))
    throw new Error('Give both JOB_SUBNET_IDS and JOB_SECURITY_GROUP_IDS, or neither.');
  return Subnets.length === 0 ? {} : { VpcConfig: { Subnets, SecurityGroupIds } };
}

/** The key of what a job writes to the bucket; without one the bucket's own encryption holds. */
export function outputKey({ JOB_KMS_KEY_ARN: KmsKeyId }: JobPlace): { KmsKeyId?: string } {
  return KmsKeyId ? { KmsKeyId } : {};
}

/**
 * The key of a job's volume. Instances with disks of their own encrypt them in hardware and refuse a key.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html (VolumeKmsKeyId)
 */
export function volumeKey({ JOB_KMS_KEY_ARN }: JobPlace, instanceType: string): { VolumeKmsKeyId?: string } {
  return JOB_KMS_KEY_ARN && !hasOwnDisk(instanceType) ? { VolumeKmsKeyId: JOB_KMS_KEY_ARN } : {};
}

/** Families with a `d` after their number, and the newer accelerated ones. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html */
function hasOwnDisk(instanceType: string): boolean {
  return /^ml\.([a-z]+\d+[a-z]*d[a-z]*|g5|g6|g6e|gr6|p5|p5e|p5en|trn\d\w*)\./.test(instanceType);
}
