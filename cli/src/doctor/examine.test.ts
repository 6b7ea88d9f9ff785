import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../api/api-client.ts';
import { testTime } from '../testing/run-command.ts';
import { examine } from './examine.ts';
import type { Patient } from './patient.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const image = (name: string) => `000000000000.dkr.ecr.eu-west-1.amazonaws.com/${name}:v1`;
const variables: Readonly<Record<string, string>> = {
  TABLE_NAME: 'dropforge-prod',
  TRAINING_IMAGE_URI: image('dropforge-train-prod'),
  TRAINING_GPU_IMAGE_URI: image('dropforge-train-prod-cuda'),
  CONVERSION_IMAGE_URI: image('dropforge-convert-prod'),
  CONVERSION_INSTANCE_TYPE: 'ml.c5.xlarge',
  SLACK_SECRET_ARN: 'arn:secret',
};
const quota = (QuotaName: string, Value: number) => ({ QuotaName, Value, QuotaCode: 'L-1' });

/** What AWS answers for a deployment that is well, by the name of the command. */
const healthy = {
  GetCallerIdentityCommand: { Account: '000000000000', Arn: 'arn:aws:iam::000000000000:user/ana' },
  DescribeStacksCommand: { Stacks: [{ StackStatus: 'UPDATE_COMPLETE' }] },
  ListStackResourcesCommand: {
    StackResourceSummaries: [{ LogicalResourceId: 'Bus', ResourceStatus: 'CREATE_COMPLETE' }],
  },
  DescribeEventBusCommand: {},
  ListRulesCommand: { Rules: [{ Name: 'dropforge-prod-x-rule-1', State: 'ENABLED' }] },
  DescribeTableCommand: { Table: { TableStatus: 'ACTIVE', GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }] } },
  DescribeContinuousBackupsCommand: {
    ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } },
  },
  GetBucketVersioningCommand: { Status: 'Enabled' },
  GetBucketNotificationConfigurationCommand: { EventBridgeConfiguration: {} },
  GetPublicAccessBlockCommand: {
    PublicAccessBlockConfiguration: {
      ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    },
  },
  DescribeImagesCommand: { imageDetails: [{ imageDigest: digest, imagePushedAt: new Date('2026-08-01') }] },
  ListServiceQuotasCommand: {
    Quotas: [
      quota('ml.c7i.xlarge for training job usage', 4),
      quota('ml.c7i.xlarge for spot training job usage', 4),
      quota('ml.c5.xlarge for processing job usage', 2),
    ],
  },
  DescribeKeyCommand: { KeyMetadata: { KeyState: 'Enabled', KeySpec: 'ECC_NIST_EDWARDS25519' } },
  GetSecretValueCommand: { SecretString: '{"token":"xoxb-secret-token","channel":"C1"}' },
  GetQueueUrlCommand: { QueueUrl: 'https://queue' },
  GetQueueAttributesCommand: { Attributes: { ApproximateNumberOfMessages: '0' } },
};

interface World {
  /** Answers in place of the healthy ones; an Error is thrown. */
  readonly aws?: Partial<Record<keyof typeof healthy, unknown>>;
  readonly lambda?: Partial<Patient['lambda']>;
  readonly functions?: object;
  readonly variables?: Readonly<Record<string, string>>;
  readonly devices?: readonly object[];
  readonly apiClock?: string;
  readonly slackAnswer?: object;
  readonly training?: Partial<Patient['training']>;
  readonly embedded?: boolean;
}

function patientIn(world: World): Patient {
  const answers: Record<string, unknown> = { ...healthy, ...world.aws };
  const client = {
    config: {},
    async send(command: object) {
      const answer = answers[command.constructor.name];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const clients = Object.fromEntries(
    ['sts', 'cloudFormation', 'eventBridge', 'dynamodb', 's3', 'sqs', 'ecr', 'kms', 'quotas', 'secrets'].map((name) => [
      name,
      client,
    ]),
  );
  const api = {
    call: async (route: string) => (route === 'listDevices' ? { devices: world.devices ?? [device()] } : {}),
  };
  const aws = { region: 'eu-west-1', ...(world.embedded ? { endpoint: 'http://127.0.0.1:1' } : {}) };
  return {
    cloud: { apiUrl: 'https://api.example', region: 'eu-west-1', bucket: async () => 'drops', aws },
    prefix: 'dropforge-prod',
    api: api as unknown as ApiClient,
    clients,
    lambda: {
      dryRun: async () => {},
      accountConcurrency: async () => ({ total: 1_000, unreserved: 998 }),
      ...world.lambda,
    },
    configurationOf: async () => ({
      State: 'Active',
      Environment: { Variables: { ...variables, ...world.variables } },
      ...world.functions,
    }),
    training: { instanceTypes: ['ml.c7i.xlarge'], instanceCount: 1, spot: true, ...world.training },
    fetch: async (url: URL) =>
      url.pathname.endsWith('auth.test')
        ? Response.json(world.slackAnswer ?? { ok: true, team: 'Acme' })
        : new Response('', { headers: { date: world.apiClock ?? testTime.toUTCString() } }),
    now: () => testTime,
  } as unknown as Patient; // as much of the clients as the checks use
}

const device = (lastSeenAt: string | null = testTime.toISOString()) => ({ thing: 'lamp', lastSeenAt });

async function found(world: World) {
  const findings = await examine(patientIn(world), () => {});
  return { findings, failures: findings.filter(({ status }) => status === 'failed') };
}

const awsFault = (name: string, message = 'no') => Object.assign(new Error(message), { name });

describe('a deployment that is well', () => {
  it('has nothing to see to, and every check has looked', async () => {
    const { findings, failures } = await found({});
    expect(failures).toEqual([]);
    expect([...new Set(findings.map(({ check }) => check))]).toHaveLength(15);
  });

  it('is told without any secret', async () => {
    const { findings } = await found({ slackAnswer: { ok: false, error: 'invalid_auth' } });
    expect(JSON.stringify(findings)).not.toContain('xoxb-secret-token');
  });
});

describe('a fault', () => {
  const cases: [name: string, check: string, world: World, message: RegExp, action: RegExp][] = [
    ['of the clock', 'clock', { apiClock: 'Sun, 02 Aug 2026 10:00:00 GMT' }, /1200 s ahead/, /NTP/],
    [
      'of credentials',
      'credentials',
      { aws: { GetCallerIdentityCommand: awsFault('ExpiredToken') } },
      /ExpiredToken/,
      /Sign in/,
    ],
    [
      'of the stack',
      'stack',
      { aws: { DescribeStacksCommand: { Stacks: [{ StackStatus: 'ROLLBACK_COMPLETE' }] } } },
      /ROLLBACK_COMPLETE/,
      /npm run deploy -- --stage prod/,
    ],
    [
      'of one resource',
      'stack',
      {
        aws: {
          ListStackResourcesCommand: {
            StackResourceSummaries: [{ LogicalResourceId: 'Bus', ResourceStatus: 'UPDATE_FAILED' }],
          },
        },
      },
      /Bus UPDATE_FAILED/,
      /npm run deploy/,
    ],
    ['of a function', 'functions', { functions: { LastUpdateStatus: 'Failed' } }, /last update of/, /Deploy/],
    [
      'of the permission to invoke',
      'functions',
      { lambda: { dryRun: () => Promise.reject(awsFault('AccessDeniedException', 'lambda:InvokeFunction')) } },
      /lambda:InvokeFunction/,
      /permission/,
    ],
    [
      'of concurrency',
      'concurrency',
      { lambda: { accountConcurrency: async () => ({ total: 10, unreserved: 10 }) } },
      /10 invocations/,
      /Service Quotas/,
    ],
    [
      'of the bus',
      'bus',
      { aws: { DescribeEventBusCommand: awsFault('ResourceNotFoundException') } },
      /NotFound/,
      /stage/,
    ],
    [
      'of a rule',
      'bus',
      { aws: { ListRulesCommand: { Rules: [{ Name: 'r', State: 'DISABLED' }] } } },
      /disabled: r/,
      /enable-rule/,
    ],
    [
      'of an index',
      'table',
      { aws: { DescribeTableCommand: { Table: { TableStatus: 'CREATING' } } } },
      /CREATING/,
      /Wait/,
    ],
    ['of backups', 'table', { aws: { DescribeContinuousBackupsCommand: {} } }, /recovery is off/, /Deploy/],
    [
      "of the bucket's announcements",
      'bucket',
      { aws: { GetBucketNotificationConfigurationCommand: {} } },
      /drops start nothing/,
      /Deploy/,
    ],
    [
      'of an image',
      'images',
      { aws: { DescribeImagesCommand: awsFault('ImageNotFoundException') } },
      /not in ECR/,
      /npm run images/,
    ],
    [
      'of a quota',
      'quotas',
      { training: { instanceCount: 8 } },
      /4 × ml\.c7i\.xlarge for (spot )?training job usage, 8 needed/,
      /--quota-code L-1 --desired-value 8/,
    ],
    [
      'of the signing key',
      'signing key',
      { aws: { DescribeKeyCommand: { KeyMetadata: { KeyState: 'PendingDeletion' } } } },
      /PendingDeletion/,
      /enable/,
    ],
    [
      'of the Slack token',
      'slack',
      { slackAnswer: { ok: false, error: 'invalid_auth' } },
      /invalid_auth/,
      /put-secret-value/,
    ],
    [
      'of events',
      'dead letters',
      { aws: { GetQueueAttributesCommand: { Attributes: { ApproximateNumberOfMessages: '3' } } } },
      /3/,
      /dropforge dead-letters list/,
    ],
    ['of a device', 'devices', { devices: [device(), device(null)] }, /1 of 2 silent.*lamp \(never\)/, /connected/],
  ];
  it.each(cases)('%s is found by its own check, with what to do', async (_name, check, world, message, action) => {
    const { failures } = await found(world);
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) {
      expect(failure).toMatchObject({ check, message: expect.stringMatching(message) });
      expect(failure.action).toMatch(action);
    }
  });

  it('does not stop the other checks', async () => {
    const { findings, failures } = await found({
      aws: { DescribeTableCommand: awsFault('AccessDeniedException'), DescribeKeyCommand: new Error('socket hang up') },
    });
    expect(failures.map(({ check }) => check)).toEqual(['table', 'signing key']);
    expect(findings.at(-1)?.check).toBe('devices');
  });
});

describe('what cannot be looked at', () => {
  it('is skipped with the reason: an empty Slack secret, no device, an image that nobody asks for', async () => {
    const { findings, failures } = await found({ aws: { GetSecretValueCommand: { SecretString: '{}' } }, devices: [] });
    expect(failures).toEqual([]);
    expect(findings.filter(({ status }) => status === 'skipped').map(({ check }) => check)).toEqual([
      'slack',
      'devices',
    ]);
  });

  it('is skipped where the embedded cloud has no such service, and a fault on AWS', async () => {
    const missing = Object.assign(awsFault('SyntaxError'), { $metadata: { httpStatusCode: 501 } });
    const aws = { GetCallerIdentityCommand: missing };
    const skipped = { check: 'credentials', status: 'skipped', message: 'the embedded cloud has no STS' };
    expect((await found({ aws, embedded: true })).findings).toContainEqual(expect.objectContaining(skipped));
    expect((await found({ aws })).failures.map(({ check }) => check)).toEqual(['credentials']);
  });

  it('asks for the image of GPUs when a recipe trains on one', async () => {
    const { findings } = await found({ training: { instanceTypes: ['ml.g5.xlarge'], spot: false } });
    const quotas = findings.filter(({ check }) => check === 'quotas');
    expect(quotas[0]).toMatchObject({ status: 'skipped', message: expect.stringContaining('ml.g5.xlarge') });
    expect(findings.filter(({ check, status }) => check === 'images' && status === 'ok')).toHaveLength(3);
  });
});
