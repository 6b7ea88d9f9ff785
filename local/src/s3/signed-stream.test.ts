import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sign, signingKey } from './auth/signing.ts';
import { read } from './contract/read.ts';
import { CREDENTIALS, REGION, type RunningS3, startS3 } from './testing/start-s3.ts';

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** The JavaScript SDK never signs chunks (other clients do), so these requests are made by hand. */
describe('bodies whose every chunk is signed', () => {
  let running: RunningS3;

  beforeAll(async () => {
    running = await startS3();
    await running.client().send(new CreateBucketCommand({ Bucket: 'signed' }));
  });
  afterAll(() => running.dispose());

  interface Upload {
    readonly key: string;
    readonly chunks: readonly string[];
    readonly trailer?: string;
    readonly headers?: Record<string, string>;
    /** Changes the encoded body after it was signed. */
    readonly tamper?: (encoded: string) => string;
  }

  async function upload({ key, chunks, trailer, headers = {}, tamper = (encoded) => encoded }: Upload) {
    const { host, hostname, port } = new URL(running.endpoint);
    const signer = new SignatureV4({
      credentials: CREDENTIALS,
      region: REGION,
      service: 's3',
      sha256: Sha256,
      uriEscapePath: false,
    });
    const signed = await signer.sign({
      method: 'PUT',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: `/signed/${key}`,
      query: {},
      headers: {
        host,
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': trailer
          ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
          : 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': String(chunks.join('').length),
        ...(trailer ? { 'x-amz-trailer': trailer.split(':')[0] ?? '' } : {}),
        ...headers,
      },
    });
    const date = signed.headers['x-amz-date'] ?? '';
    const scope = { day: date.slice(0, 8), region: REGION, service: 's3' };
    const keyOfDay = signingKey(CREDENTIALS.secretAccessKey, scope);
    let previous = /Signature=(\w+)/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
    const link = (algorithm: string, ...hashes: string[]) => {
      const text = [algorithm, date, `${scope.day}/${REGION}/s3/aws4_request`, previous, ...hashes].join('\n');
      previous = sign(keyOfDay, text);
      return previous;
    };
    let encoded = '';
    for (const chunk of [...chunks, '']) {
      const signature = link(
        'AWS4-HMAC-SHA256-PAYLOAD',
        EMPTY_SHA256,
        createHash('sha256').update(chunk).digest('hex'),
      );
      encoded += `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`;
    }
    if (trailer) {
      const signature = link('AWS4-HMAC-SHA256-TRAILER', createHash('sha256').update(`${trailer}\n`).digest('hex'));
      encoded += `${trailer}\r\nx-amz-trailer-signature:${signature}\r\n`;
    }
    return exchange(signed.path, signed.headers, tamper(`${encoded}\r\n`));
  }

  function exchange(
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<[number | undefined, string | undefined]> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${running.endpoint}${path}`, { method: 'PUT', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve([response.statusCode, /<Code>(\w+)</.exec(text)?.[1]]));
      });
      request.on('error', reject).end(body);
    });
  }

  const chunks = ['a'.repeat(10_000), 'b'.repeat(9000), 'c'];
  const stored = async (key: string) => (await read(running.client(), { Bucket: 'signed', Key: key })).text;

  test('are stored decoded, and without the name of the encoding', async () => {
    expect(await upload({ key: 'plain', chunks })).toEqual([200, undefined]);
    const { text, answer } = await read(running.client(), { Bucket: 'signed', Key: 'plain' });
    expect([text, answer.ContentEncoding]).toEqual([chunks.join(''), undefined]);
  });

  test('may be followed by a signed checksum', async () => {
    const sha256 = createHash('sha256').update(chunks.join('')).digest('base64');
    expect(await upload({ key: 'trailer', chunks, trailer: `x-amz-checksum-sha256:${sha256}` })).toEqual([
      200,
      undefined,
    ]);
    expect(await stored('trailer')).toBe(chunks.join(''));
  });

  test.each([
    ['a changed byte', { tamper: (encoded: string) => encoded.replace('bbb', 'bbc') }, [403, 'SignatureDoesNotMatch']],
    ['a chunk cut off', { tamper: (encoded: string) => encoded.slice(0, 15_000) }, [400, 'IncompleteBody']],
    [
      'another length than announced',
      { headers: { 'x-amz-decoded-content-length': '19002' } },
      [400, 'IncompleteBody'],
    ],
    ['no announced length', { headers: { 'x-amz-decoded-content-length': '' } }, [411, 'MissingContentLength']],
    ['a checksum that does not fit', { trailer: 'x-amz-checksum-crc32:AAAAAA==' }, [400, 'BadDigest']],
    ['a checksum that is none', { trailer: 'x-amz-checksum-crc32:AAA=' }, [400, 'InvalidRequest']],
  ])('%s is refused, and nothing is stored', async (name, change, outcome) => {
    const key = name.replaceAll(' ', '-');
    expect(await upload({ key, chunks, ...change })).toEqual(outcome);
    await expect(stored(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});
