import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobPlace, outputKey, volumeKey, vpcConfig } from './job-place.ts';

const read = (environment: Record<string, string>) => z.object(jobPlace).parse(environment);
const arn = 'arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('the place of a job', () => {
  it('is nowhere special unless a deployment says so', () => {
    for (const environment of [{}, { JOB_SUBNET_IDS: '', JOB_SECURITY_GROUP_IDS: '', JOB_KMS_KEY_ARN: '' }]) {
      expect(vpcConfig(read(environment))).toEqual({});
      expect(outputKey(read(environment))).toEqual({});
      expect(volumeKey(read(environment), 'ml.c7i.xlarge')).toEqual({});
    }
  });

  it('is a network, given by its subnets and security groups', () => {
    const place = read({ JOB_SUBNET_IDS: 'subnet-0a1, subnet-0b2', JOB_SECURITY_GROUP_IDS: 'sg-0c3' });
    expect(vpcConfig(place)).toEqual({
      VpcConfig: { Subnets: ['subnet-0a1', 'subnet-0b2'], SecurityGroupIds: ['sg-0c3'] },
    });
  });

  it('is refused when half of it is missing, or it is no such thing', () => {
    expect(() => vpcConfig(read({ JOB_SUBNET_IDS: 'subnet-0a1' }))).toThrow('JOB_SECURITY_GROUP_IDS');
    expect(() => read({ JOB_SUBNET_IDS: 'sg-0c3' })).toThrow();
  });

  it('has a key for outputs, and for volumes that are not encrypted in hardware', () => {
    const place = read({ JOB_KMS_KEY_ARN: arn });
    expect(outputKey(place)).toEqual({ KmsKeyId: arn });
    for (const type of ['ml.c7i.xlarge', 'ml.m5.xlarge', 'ml.p3.2xlarge', 'ml.c5n.xlarge'])
      expect(volumeKey(place, type), type).toEqual({ VolumeKmsKeyId: arn });
    for (const type of [
      'ml.g4dn.xlarge',
      'ml.g5.xlarge',
      'ml.g6e.xlarge',
      'ml.p4d.24xlarge',
      'ml.p5.48xlarge',
      'ml.c5d.xlarge',
    ])
      expect(volumeKey(place, type), type).toEqual({});
  });
});
