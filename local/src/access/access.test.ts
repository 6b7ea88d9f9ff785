import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetService } from '../greengrass/service.ts';
import { sageMakerService } from '../sagemaker/service.ts';
import { type Cloud, startCloud } from '../start.ts';
import { stateFolder } from '../testing/state-folder.ts';
import type { RecordedCall } from './call-recorder.ts';
import type { Credentials, Identities } from './identities.ts';

const serverlessFile = `
service: access
provider: { name: aws, region: eu-west-1 }
functions:
  writer:
    handler: handler.write
    iamRoleStatements:
      - { Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn }
      - { Effect: Allow, Action: 's3:GetObject', Resource: !Sub '\${Bucket.Arn}/runs/*' }
      - { Effect: Allow, Action: sagemaker:CreateTrainingJob, Resource: '*' }
  careful:
    handler: handler.fail
    maximumRetryAttempts: 0
    destinations: &letters { onFailure: { type: sqs, arn: !GetAtt Letters.Arn } }
    events: [{ eventBridge: { pattern: { source: [test], detail-type: [careful] } } }]
    iamRoleStatements:
      - { Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Letters.Arn }
  careless:
    handler: handler.fail
    maximumRetryAttempts: 0
    destinations: *letters
    events: [{ eventBridge: { pattern: { source: [test], detail-type: [careless] } } }]
    iamRoleStatements: []
  lister:
    handler: handler.write
    iamRoleStatements:
      - { Effect: Allow, Action: 's3:GetObject', Resource: !Sub '\${Bucket.Arn}/runs/*' }
      - { Effect: Allow, Action: s3:ListBucket, Resource: !GetAtt Bucket.Arn }
resources:
  Resources:
    Bucket: { Type: AWS::S3::Bucket, Properties: {} }
    Letters: { Type: AWS::SQS::Queue, Properties: { QueueName: letters } }
    Table:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
        KeySchema: [{ AttributeName: pk, KeyType: HASH }]
    DeviceRole:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument:
          Statement: [{ Effect: Allow, Principal: { Service: credentials.iot.amazonaws.com }, Action: sts:AssumeRole }]
        Policies:
          - PolicyName: report
            PolicyDocument:
              Statement:
                Effect: Allow
                Action: iot:Publish
                Resource: !Sub 'arn:aws:iot:\${AWS::Region}:\${AWS::AccountId}:topic/devices/\${!credentials-iot:ThingName}/report'
`;

let directory = '';
let cloud: Cloud;
let identities: Identities;
const table = () => cloud.description.tables[0]?.name;

beforeAll(async () => {
  directory = stateFolder('access');
  writeFileSync(path.join(directory, 'serverless.yml'), serverlessFile);
  writeFileSync(
    path.join(directory, 'handler.ts'),
    'export const write = async () => {};\nexport const fail = async () => { throw new Error("fails"); };',
  );
  cloud = await startCloud({
    directory: path.join(directory, 'state'),
    serverlessFile: path.join(directory, 'serverless.yml'),
    recordCalls: path.join(directory, 'calls.jsonl'),
    services: [
      fleetService({ devices: [], groupName: 'fleet' }),
      sageMakerService(),
      (context) => {
        identities = context.identities;
        return {};
      },
    ],
  });
  const account = new S3Client(settings({ accessKeyId: 'dropforge', secretAccessKey: 'dropforge' }));
  await account.send(new PutObjectCommand({ Bucket: 'access', Key: 'runs/there', Body: 'x' }));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true });
});

const settings = (credentials: Credentials) => ({
  ...{ endpoint: cloud.endpoints.aws, region: 'eu-west-1', forcePathStyle: true, maxAttempts: 1, credentials },
});
const bucketOf = (key: string) => new S3Client(settings(identities.ofFunction(key)));

describe('a function', () => {
  it('does what its role allows, and is refused the rest in the words of AWS', async () => {
    const client = new DynamoDBClient(settings(identities.ofFunction('writer')));
    await client.send(new PutItemCommand({ TableName: table(), Item: { pk: { S: 'a' } } }));
    const reading = client.send(new GetItemCommand({ TableName: table(), Key: { pk: { S: 'a' } } }));
    await expect(reading).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/.*writer is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-west-1:000000000000:table\/\S+ because no identity-based policy allows/,
      ),
    });
  });

  it('is refused for what AWS does with its rights: a role that it may not hand on', async () => {
    const job = {
      ...{ TrainingJobName: 'job', RoleArn: 'arn:aws:iam::000000000000:role/any' },
      AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' as const },
      OutputDataConfig: { S3OutputPath: 's3://access/runs/' },
      ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    };
    const client = new SageMakerClient(settings(identities.ofFunction('writer')));
    await expect(client.send(new CreateTrainingJobCommand(job))).rejects.toThrow(
      'is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/any',
    );
  });

  it('reads below its prefix alone, also by a link that it signs for others', async () => {
    const client = bucketOf('writer');
    await expect(client.send(new GetObjectCommand({ Bucket: 'access', Key: 'models/a' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    const status = async (Key: string) =>
      (await fetch(await getSignedUrl(client, new GetObjectCommand({ Bucket: 'access', Key })))).status;
    expect([await status('runs/there'), await status('models/a')]).toEqual([200, 403]);
  });

  it('learns that an object is not there only if it may list the bucket', async () => {
    const gone = { Bucket: 'access', Key: 'runs/gone' };
    await expect(bucketOf('lister').send(new GetObjectCommand(gone))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(bucketOf('lister').send(new HeadObjectCommand(gone))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(bucketOf('writer').send(new GetObjectCommand(gone))).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(bucketOf('writer').send(new HeadObjectCommand(gone))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('a device', () => {
  it('reports in its own name and in no other', async () => {
    const [role] = cloud.description.roles;
    const credentials = identities.assumeRole(role, 'one', { 'credentials-iot:ThingName': 'one' });
    const client = new IoTDataPlaneClient(settings(credentials));
    const report = (thing: string) =>
      client.send(new PublishCommand({ topic: `devices/${thing}/report`, payload: Buffer.from('{}') }));
    await report('one');
    await expect(report('two')).rejects.toMatchObject({
      name: 'ForbiddenException',
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('Lambda', () => {
  it('puts the failures of a function only where the role of the function lets it', async () => {
    for (const key of ['careful', 'careless'])
      cloud.putEvents([{ source: 'test', detailType: key, detail: {}, bus: 'default' }]);
    const letters = () =>
      cloud.queues.list('letters').map(({ body }) => JSON.parse(body).requestPayload['detail-type']);
    await expect.poll(() => cloud.owedDeliveries(), { timeout: 10_000 }).toBe(0);
    expect(letters()).toEqual(['careful']);
  });
});

describe('a key that nobody has', () => {
  it('opens nothing', async () => {
    const stranger = settings({ accessKeyId: 'function.none', secretAccessKey: 'function.none' });
    const put = new PutItemCommand({ TableName: table(), Item: { pk: { S: 'a' } } });
    await expect(new DynamoDBClient(stranger).send(put)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    const get = new GetObjectCommand({ Bucket: 'access', Key: 'runs/there' });
    await expect(new S3Client(stranger).send(get)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });
});

describe('the record', () => {
  it('says of each call who made it, what it takes, what it lacked, and both messages', async () => {
    const file = path.join(directory, 'calls.jsonl');
    const calls = (): RecordedCall[] =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line)] : []));
    const [arn] = [`arn:aws:dynamodb:eu-west-1:000000000000:table/${table()}`];
    await expect
      .poll(() => calls().filter(({ service }) => service === 'dynamodb'))
      .toMatchObject([
        {
          caller: { kind: 'function', name: 'writer' },
          operation: 'PutItem',
          input: { Item: { pk: { S: 'a' } } },
          permissions: [{ action: 'dynamodb:PutItem', resource: arn }],
          answer: { status: 200 },
        },
        {
          operation: 'GetItem',
          refused: { action: 'dynamodb:GetItem', resource: arn },
          request: { method: 'POST', body: expect.any(String) },
          answer: { status: 400, body: expect.any(String) },
        },
      ]);
    expect(calls().find(({ operation }) => operation === 'HeadObject')).toMatchObject({
      permissions: [{ action: 's3:GetObject' }, { action: 's3:ListBucket', resource: 'arn:aws:s3:::access' }],
    });
  });
});
