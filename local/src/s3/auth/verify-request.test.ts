import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningS3, startS3 } from '../testing/start-s3.ts';

// Keys, requests and signatures: Amazon S3 API reference, "Signature Calculations for the Authorization Header", examples,
// and "Authenticating Requests: Using Query Parameters". They sign for examplebucket.s3.amazonaws.com, whose path-style
// reading has the bucket `test.txt`; that it does not exist is how a request answers that was let in.
const EXAMPLE = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const HOST = 'examplebucket.s3.amazonaws.com';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const SIGNED_AT = new Date('2013-05-24T00:00:00Z');
const MINUTE_MS = 60_000;

describe('authentication', () => {
  let running: RunningS3;
  let now = SIGNED_AT;

  beforeAll(async () => {
    running = await startS3({ credentials: EXAMPLE, now: () => now });
  });
  afterAll(() => running.dispose());

  /** Status and error code of a request that is sent exactly as given. */
  function send(
    path: string,
    headers: Record<string, string>,
  ): Promise<[status: number | undefined, code: string | undefined]> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(running.endpoint, { path, headers: { host: HOST, ...headers } }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve([response.statusCode, /<Code>(\w+)</.exec(body)?.[1]]));
      });
      request.on('error', reject).end();
    });
  }

  const authorization = (signature: string, credential = `${EXAMPLE.accessKeyId}/20130524/us-east-1/s3/aws4_request`) =>
    `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=${signature}`;
  const GOOD_SIGNATURE = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
  const good = {
    range: 'bytes=0-9',
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': '20130524T000000Z',
    authorization: authorization(GOOD_SIGNATURE),
  };
  const LET_IN = [404, 'NoSuchBucket'];

  test("the documentation's signed GET is let in", async () => {
    expect(await send('/test.txt', good)).toEqual(LET_IN);
  });

  test("the documentation's signed list, with a query, is let in", async () => {
    const list = {
      'x-amz-content-sha256': EMPTY,
      'x-amz-date': '20130524T000000Z',
      authorization: authorization('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7').replace(
        'range;',
        '',
      ),
    };
    // It signs the path `/`, which path-style reads as the service; a list of buckets is the answer.
    expect(await send('/?max-keys=2&prefix=J', list)).toEqual([200, undefined]);
  });

  test.each([
    ['no signature at all', { authorization: undefined }, [403, 'AccessDenied']],
    [
      'another signature',
      { authorization: authorization(GOOD_SIGNATURE.replace('f0', '0f')) },
      [403, 'SignatureDoesNotMatch'],
    ],
    ['another header value', { range: 'bytes=0-8' }, [403, 'SignatureDoesNotMatch']],
    [
      'an unknown key',
      { authorization: authorization(GOOD_SIGNATURE, 'AKIDOTHER/20130524/us-east-1/s3/aws4_request') },
      [403, 'InvalidAccessKeyId'],
    ],
    [
      'another region',
      { authorization: authorization(GOOD_SIGNATURE, `${EXAMPLE.accessKeyId}/20130524/eu-west-1/s3/aws4_request`) },
      [400, 'AuthorizationHeaderMalformed'],
    ],
    [
      'another service',
      { authorization: authorization(GOOD_SIGNATURE, `${EXAMPLE.accessKeyId}/20130524/us-east-1/sqs/aws4_request`) },
      [400, 'AuthorizationHeaderMalformed'],
    ],
    [
      'another day',
      { authorization: authorization(GOOD_SIGNATURE, `${EXAMPLE.accessKeyId}/20130523/us-east-1/s3/aws4_request`) },
      [400, 'AuthorizationHeaderMalformed'],
    ],
    ['an older scheme', { authorization: 'AWS AKID:c2ln' }, [400, 'InvalidRequest']],
    ['a header that is not signed', { 'x-amz-acl': 'public-read' }, [403, 'AccessDenied']],
    ['no hash of the body', { 'x-amz-content-sha256': undefined }, [400, 'InvalidRequest']],
  ])('%s is refused', async (_, change, outcome) => {
    const headers = Object.entries({ ...good, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    expect(await send('/test.txt', Object.fromEntries(headers))).toEqual(outcome);
  });

  test.each([
    [-14, LET_IN],
    [14, LET_IN],
    [-16, [403, 'RequestTimeTooSkewed']],
    [16, [403, 'RequestTimeTooSkewed']],
  ])('a clock that is %i minutes off: %j', async (minutes, outcome) => {
    now = new Date(SIGNED_AT.getTime() + minutes * MINUTE_MS);
    expect(await send('/test.txt', good)).toEqual(outcome);
    now = SIGNED_AT;
  });

  describe('by query', () => {
    const presigned =
      '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

    test.each([
      ['when it was signed', 0, LET_IN],
      ['just before it expires', 24 * 60, LET_IN],
      ['after it has expired', 24 * 60 + 1, [403, 'AccessDenied']],
      ['long before it was signed', -16, [403, 'AccessDenied']],
    ])("the documentation's presigned URL %s", async (_, minutes, outcome) => {
      now = new Date(SIGNED_AT.getTime() + minutes * MINUTE_MS);
      expect(await send(presigned, {})).toEqual(outcome);
      now = SIGNED_AT;
    });

    test.each([
      ['another algorithm', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-MD5'],
      ['more than a week', 'Expires=86400', 'Expires=604801'],
      ['no lifetime', 'Expires=86400', 'Expires=0'],
      ['another region', 'us-east-1', 'us-east-2'],
    ])('%s is malformed', async (_, from, to) => {
      expect(await send(presigned.replace(from, to), {})).toEqual([400, 'AuthorizationQueryParametersError']);
    });

    test('a second signature in the header is one too many', async () => {
      expect(await send(presigned, { authorization: good.authorization })).toEqual([400, 'InvalidArgument']);
    });
  });

  test('a path that is not UTF-8 is refused before anything else', async () => {
    expect(await send('/bucket/%ff', good)).toEqual([400, 'InvalidURI']);
    expect(await send('/bucket/%zz', good)).toEqual([400, 'InvalidURI']);
  });
});
