import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccount } from './account.ts';

/** What AWS answers, by the operation that is asked for. */
let answers: Record<string, { status: number; body: string }>;
/** Bodies of the requests in JSON. */
let asked: unknown[];
let server: Server;

beforeEach(async () => {
  answers = {};
  asked = [];
  server = createServer(async (request, response) => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') asked.push(JSON.parse(body));
    const operation =
      new URLSearchParams(body).get('Action') ??
      (target ? `${target} ${JSON.parse(body).NextToken ?? ''}` : `${request.method} ${request.url?.split('?')[0]}`);
    const answer = answers[operation] ?? { status: 404, body: operation };
    const type = answer.body.startsWith('{') ? 'application/json' : 'text/xml';
    response.writeHead(answer.status, { 'content-type': type }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
});

const error = (code: string, message: string) => ({
  status: 400,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

describe('the account', () => {
  it('says what a stack gave out', async () => {
    answers.DescribeStacks = {
      status: 200,
      body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>dropforge-dev</StackName><Outputs>
        <member><OutputKey>BucketName</OutputKey><OutputValue>b-1</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    };
    expect(await createAccount('eu-west-1').outputs('dropforge-dev')).toEqual({ BucketName: 'b-1' });
  });

  it('knows no outputs of a stack that is not there', async () => {
    answers.DescribeStacks = error('ValidationError', 'Stack with id dropforge-dev does not exist');
    expect(await createAccount('eu-west-1').outputs('dropforge-dev')).toBeUndefined();
  });

  it('says what is wrong with the credentials', async () => {
    answers.GetCallerIdentity = error('InvalidClientTokenId', 'The security token included in the request is invalid.');
    await expect(createAccount('eu-south-1').identity()).rejects.toMatchObject({
      code: 'CREDENTIALS_REFUSED',
      message: expect.stringContaining('eu-south-1'),
    });
  });

  it('makes a component, and says that a version never changes', async () => {
    const path = 'POST /greengrass/v2/createComponentVersion';
    answers[path] = { status: 201, body: '{"arn": "arn:aws:greengrass:component/1"}' };
    expect(await createAccount('eu-west-1').createComponent({})).toBe('arn:aws:greengrass:component/1');
    answers[path] = { status: 409, body: '{"__type": "ConflictException", "message": "it exists"}' };
    await expect(createAccount('eu-west-1').createComponent({})).rejects.toMatchObject({
      code: 'COMPONENT_EXISTS',
      message: 'it exists',
    });
  });

  it('finds every certificate that holds a policy', async () => {
    answers['POST /policy-targets/dropforge-dev-device'] = { status: 200, body: '{"targets": ["arn:aws:iot:cert/1"]}' };
    expect(await createAccount('eu-west-1').policyHolders('dropforge-dev-device')).toEqual(['arn:aws:iot:cert/1']);
  });

  it("reads all pages of the Price List's training prices, and only of machine types that it knows", async () => {
    const page = (products: readonly string[], NextToken?: string) => ({
      status: 200,
      body: JSON.stringify({ FormatVersion: 'aws_v1', PriceList: products, NextToken }),
    });
    answers['AWSPriceListService.GetProducts '] = page(
      [product('ml.c7i.xlarge', '0.2400000000'), product('ml.unheard.xlarge', '1')],
      'more',
    );
    answers['AWSPriceListService.GetProducts more'] = page([
      product('ml.c5.xlarge', '0.2300000000'),
      product('ml.m5.xlarge', '0.2570000000', 'Quantity'),
      '{"product": {"attributes": {"instanceName": "ml.g5.xlarge"}}, "terms": {"Reserved": {}}}',
    ]);
    expect(await createAccount('eu-west-1').trainingPrices()).toEqual({ 'ml.c7i.xlarge': 0.24, 'ml.c5.xlarge': 0.23 });
    const Filters = [
      { Type: 'TERM_MATCH', Field: 'regionCode', Value: 'eu-west-1' },
      { Type: 'TERM_MATCH', Field: 'productFamily', Value: 'ML Instance' },
      { Type: 'TERM_MATCH', Field: 'component', Value: 'Training' },
    ];
    expect(asked).toEqual([
      { ServiceCode: 'AmazonSageMaker', Filters },
      { ServiceCode: 'AmazonSageMaker', Filters, NextToken: 'more' },
    ]);
  });

  it('says that the Price List may not be asked', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('HOME', '/nonexistent');
    await expect(createAccount('eu-west-1').trainingPrices()).rejects.toMatchObject({ code: 'NO_CREDENTIALS' });
  });
});

/** As `GetProducts` answers, less what nobody reads. */
function product(instanceName: string, USD: string, unit = 'Hrs'): string {
  return JSON.stringify({
    product: {
      productFamily: 'ML Instance',
      attributes: { instanceName, component: 'Training' },
      sku: 'JMCWJEAPVJNFJ5P4',
    },
    serviceCode: 'AmazonSageMaker',
    terms: { OnDemand: { 'SKU.TERM': { priceDimensions: { 'SKU.TERM.RATE': { unit, pricePerUnit: { USD } } } } } },
    version: '20260923000000',
  });
}
