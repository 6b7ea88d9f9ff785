// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the framework's variables
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixtureFile } from '../testing/fixture.ts';
import { readServerlessFile } from './read-serverless-file.ts';

const endpoints = { aws: 'http://127.0.0.1:1', api: 'http://127.0.0.1:2' };
const read = (file: string, stage?: string, parameters?: Record<string, string>) =>
  readServerlessFile({
    ...{ file, stage, parameters, accountId: '000000000000', endpoints },
    environment: { FROM_OUTSIDE: 'seen' },
  });

describe('the fixture', () => {
  const description = read(fixtureFile);
  const functionOf = (key: string) => description.functions.find((one) => one.key === key);

  it('has its functions, with variables and intrinsics resolved', () => {
    expect(functionOf('count')).toMatchObject({
      name: 'fixture-dev-count',
      handlerFile: path.join(path.dirname(fixtureFile), 'services/counter/src/handler.ts'),
      handlerExport: 'count',
      timeoutSeconds: 20,
      memoryMegabytes: 256,
      environment: {
        TABLE_NAME: 'fixture-dev-Table',
        BUCKET_NAME: 'fixture',
        BUS_NAME: 'fixture-dev',
        COLOUR: 'green',
        ROLE_ARN: 'arn:aws:iam::000000000000:role/fixture-dev-Role',
        QUEUE_URL: 'http://127.0.0.1:1/000000000000/fixture-dev-DeadLetters',
        LABEL: 'eu-west-1/fixture-dev-Table/dev',
      },
    });
  });

  it('takes parameters as the framework does, and no name that it does not have', () => {
    const [{ environment } = { environment: {} }] = read(fixtureFile, 'dev', { colour: 'red' }).functions;
    expect(environment).toMatchObject({ COLOUR: 'red' });
    expect(() => read(fixtureFile, 'dev', { color: 'red' })).toThrow('there is no color; there are colour');
  });

  it('has its triggers', () => {
    expect(functionOf('count')).toMatchObject({
      rules: [
        {
          bus: 'fixture-dev',
          deadLetterQueue: 'fixture-dev-DeadLetters',
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 60 },
        },
        { bus: 'default', deadLetterQueue: undefined },
      ],
      schedules: [{ expression: 'rate(1 minute)', enabled: true }],
      topicRules: [{ sql: "SELECT * FROM 'devices/+/report'" }],
    });
    expect(functionOf('api')?.routes).toEqual([
      { method: 'GET', path: '/echo/{name}', authorized: false },
      { method: 'POST', path: '/echo/{name}', authorized: false },
      { method: 'GET', path: '/files/{proxy+}', authorized: false },
    ]);
  });

  it('has its queues, and where its failures go', () => {
    expect(functionOf('collect')?.queues).toEqual([
      {
        queueArn: 'arn:aws:sqs:eu-west-1:000000000000:fixture-dev-Work',
        batchSize: 5,
        batchingWindowSeconds: 0,
        reportsBatchItemFailures: true,
        maximumConcurrency: 2,
        filterPatterns: [],
        enabled: true,
      },
    ]);
    expect(functionOf('fail')?.failureQueueArn).toBe('arn:aws:sqs:eu-west-1:000000000000:fixture-dev-DeadLetters');
  });

  it('has its resources', () => {
    expect(description).toMatchObject({
      buckets: [{ name: 'fixture', announces: true, versioned: true }],
      buses: ['fixture-dev'],
      queues: [
        { name: 'fixture-dev-DeadLetters', arn: 'arn:aws:sqs:eu-west-1:000000000000:fixture-dev-DeadLetters' },
        {
          name: 'fixture-dev-Work',
          settings: {
            visibilityTimeoutSeconds: 60,
            retentionSeconds: 345_600,
            redrive: {
              deadLetterArn: 'arn:aws:sqs:eu-west-1:000000000000:fixture-dev-DeadLetters',
              maxReceiveCount: 3,
            },
          },
        },
      ],
      tables: [{ name: 'fixture-dev-Table' }],
      secrets: [{ name: 'fixture-dev-Token' }],
      cors: { allowedOrigins: ['http://localhost:8080'], maxAgeSeconds: 60 },
    });
    expect(functionOf('count')?.environment.TOKEN_ARN).toBe(description.secrets[0]?.arn);
  });

  it('takes another stage', () => {
    const prod = read(fixtureFile, 'prod');
    expect(prod.functions[0]).toMatchObject({ name: 'fixture-prod-count', environment: { COLOUR: 'blue' } });
  });
});

describe('a serverless.yml', () => {
  let directory = '';

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'dropforge-serverless-'));
    mkdirSync(path.join(directory, 'parts'));
    writeFileSync(path.join(directory, 'handler.ts'), 'export const run = () => {};');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function write(text: string): string {
    const file = path.join(directory, 'serverless.yml');
    writeFileSync(file, text);
    return file;
  }

  /** The value of one variable `X` of a function's environment. */
  function resolve(value: string, more = ''): string | undefined {
    const text = `service: app\nfunctions:\n  run:\n    handler: handler.run\n    environment:\n      X: ${value}\n${more}`;
    return read(write(text)).functions[0]?.environment.X;
  }

  it.each([
    ["${opt:nothing, 'fallback'}", 'fallback'],
    ['${opt:nothing, self:custom.deep.value}', 'deep'],
    ['${env:FROM_OUTSIDE}-${sls:stage}-${aws:region}-${aws:accountId}', 'seen-dev-us-east-1-000000000000'],
    ['${self:custom.${self:custom.which}.value}', 'deep'],
    ['${self:custom.list.1}', 'second'],
    ['${file(parts/part.yml):value}', 'from part deep'],
    ['!Sub "${AWS::StackName}/${!literal}"', 'app-dev/${literal}'],
    ['!Join ["-", [a, !Ref "AWS::Region", !Select [1, !Split [",", "b,c"]]]]', 'a-us-east-1-c'],
    ['{ "Fn::GetAtt": [Images, RepositoryUri] }', '000000000000.dkr.ecr.us-east-1.amazonaws.com/images'],
    ['!GetAtt RunLambdaFunction.Arn', 'arn:aws:lambda:us-east-1:000000000000:function:app-dev-run'],
    ['!GetAtt HttpApi.ApiEndpoint', 'http://127.0.0.1:2'],
    ['!Ref "AWS::NoValue"', undefined],
  ])('resolves %s', (value, expected) => {
    writeFileSync(path.join(directory, 'parts/part.yml'), 'value: from part ${self:custom.deep.value}');
    const custom = 'custom:\n  which: deep\n  deep: { value: deep }\n  list: [first, second]\n';
    const resources =
      'resources:\n  Resources:\n    Images: { Type: AWS::ECR::Repository, Properties: { RepositoryName: images } }\n';
    expect(resolve(value, custom + resources)).toBe(expected);
  });

  it('runs a rule that has a schedule by the clock', () => {
    const text =
      'service: app\nfunctions:\n  run:\n    handler: handler.run\n    events:\n      - eventBridge: { schedule: rate(1 minute), enabled: false, retryPolicy: { maximumRetryAttempts: 2 } }\n';
    expect(read(write(text)).functions[0]).toMatchObject({
      rules: [],
      schedules: [{ expression: 'rate(1 minute)', enabled: false }],
    });
  });

  it('is read with its functions in one mapping, anchors and merge keys', () => {
    const text =
      'service: app\nbase: &base { handler: handler.run, timeout: 7 }\nfunctions:\n  a: { <<: *base }\n  b: { <<: *base, timeout: 9 }\n';
    expect(read(write(text)).functions.map(({ key, timeoutSeconds }) => [key, timeoutSeconds])).toEqual([
      ['a', 7],
      ['b', 9],
    ]);
  });

  it.each([
    ['X: ${nowhere:x}', 'UNKNOWN_VARIABLE', /environment\.X: \${nowhere:x} has no known source/],
    ['X: ${self:custom.none}', 'UNKNOWN_VARIABLE', /environment\.X: \${self:custom.none} has no value and no fallback/],
    ['X: ${self:functions.run.environment.X}', 'UNKNOWN_VARIABLE', /refers to itself/],
    ['X: ${self:service', 'UNKNOWN_VARIABLE', /without its }/],
    ['X: ${file(none.yml):a}', 'FILE_UNREADABLE', /environment\.X: file\(none\.yml\) does not exist/],
    ['X: !ImportValue other', 'UNKNOWN_INTRINSIC', /environment\.X: Fn::ImportValue is not known here/],
    ['X: !Ref Nobody', 'UNKNOWN_RESOURCE', /environment\.X: there is no resource Nobody/],
    ['X: !GetAtt Queue.Colour', 'UNKNOWN_RESOURCE', /Queue has no Colour here; it has Arn, QueueName, QueueUrl/],
    ['X: [1, 2]', 'VALUE_INVALID', /environment\.X: must be a text/],
  ])('with %s is refused', (line, code, message) => {
    const text = `service: app\nfunctions:\n  run:\n    handler: handler.run\n    environment:\n      ${line}\nresources:\n  Resources:\n    Queue: { Type: AWS::SQS::Queue }\n`;
    expect(() => read(write(text))).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it.each([
    ['handler: none.run', 'VALUE_INVALID', /functions\.run\.handler: there is no file/],
    [
      'handler: handler.run\n    timeout: 1000',
      'VALUE_INVALID',
      /functions\.run\.timeout: expected a whole number from 1 to 900, found 1000/,
    ],
    [
      'handler: handler.run\n    events: [{ sns: topic }]',
      'UNSUPPORTED_TRIGGER',
      /functions\.run\.events\[0\]: "sns" is not started locally/,
    ],
    ['handler: handler.run\n    events: [{ httpApi: GET runs }]', 'VALUE_INVALID', /is not a route/],
    [
      'handler: handler.run\n    events: [{ eventBridge: { schedule: rate(1 minute), pattern: { source: [a] } } }]',
      'VALUE_INVALID',
      /has both a schedule and a pattern/,
    ],
    [
      'handler: handler.run\n    events: [{ sqs: { arn: x, batchSize: 11 } }]',
      'VALUE_INVALID',
      /maximumBatchingWindow/,
    ],
    ['handler: handler.run\n    maximumRetryAttempts: 3', 'VALUE_INVALID', /a whole number from 0 to 2, found 3/],
    [
      'handler: handler.run\n    destinations: { onFailure: other }',
      'VALUE_INVALID',
      /"other" is not the ARN of a queue/,
    ],
    ['handler: handler.run\n  run: {}', 'YAML_INVALID', /serverless\.yml:\d+: Map keys must be unique/],
  ])('with a function %j is refused', (definition, code, message) => {
    const text = `service: app\nfunctions:\n  run:\n    ${definition}\n`;
    expect(() => read(write(text))).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
