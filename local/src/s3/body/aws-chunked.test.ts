import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signingKey } from '../auth/signing.ts';
import { decodeAwsChunked } from './aws-chunked.ts';

// Key, date, body and signatures: Amazon S3 API reference, "Signature Calculations … (Chunked Upload)", example, and
// "… Including Trailing Headers", example.
const SCOPE = { day: '20130524', region: 'us-east-1', service: 's3' };
const SIGNING = {
  key: signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', SCOPE),
  date: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
};
const BODY = Buffer.alloc(66_560, 'a');

const SIGNED = chunked(
  [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ],
  '\r\n',
);
const SIGNED_SEED = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';

const TRAILER =
  'x-amz-checksum-crc32c:sOO8/Q==\r\n' +
  'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n';

function chunked(signatures: string[], end: string): Buffer {
  const [first, second, last] = signatures.map((signature) => `;chunk-signature=${signature}\r\n`);
  const parts = [
    `10000${first}`,
    BODY.subarray(0, 65_536),
    `\r\n400${second}`,
    BODY.subarray(65_536),
    `\r\n0${last}${end}`,
  ];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** Cuts a buffer into pieces of these sizes, repeated. */
function inPieces(bytes: Buffer, sizes: readonly number[]): AsyncIterable<Buffer> {
  const pieces: Buffer[] = [];
  for (let offset = 0, index = 0; offset < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    pieces.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return Readable.from(pieces);
}

async function decode(encoded: Buffer, seed?: string, sizes: readonly number[] = [4096]) {
  const trailers = new Map<string, string>();
  const signing = seed === undefined ? undefined : { ...SIGNING, seed };
  const pieces: Buffer[] = [];
  for await (const piece of decodeAwsChunked(inPieces(encoded, sizes), { signing, trailers })) pieces.push(piece);
  return { body: Buffer.concat(pieces), trailers };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('aws-chunked', () => {
  test("the documentation's signed chunks are accepted", async () => {
    expect((await decode(SIGNED, SIGNED_SEED)).body.equals(BODY)).toBe(true);
  });

  test('a changed byte, a changed signature, another seed and exchanged chunks are refused', async () => {
    const changedByte = Buffer.from(SIGNED);
    changedByte[1000] = 0x62;
    const changedSignature = Buffer.from(SIGNED.toString('latin1').replace('=0055', '=0056'), 'latin1');
    await expect(decode(changedByte, SIGNED_SEED)).rejects.toEqual(code('SignatureDoesNotMatch'));
    await expect(decode(changedSignature, SIGNED_SEED)).rejects.toEqual(code('SignatureDoesNotMatch'));
    await expect(decode(SIGNED, SIGNED_SEED.replace('4', '5'))).rejects.toEqual(code('SignatureDoesNotMatch'));
    const unsigned = Buffer.from(SIGNED.toString('latin1').replaceAll(/;chunk-signature=\w+/g, ''), 'latin1');
    await expect(decode(unsigned, SIGNED_SEED)).rejects.toEqual(code('SignatureDoesNotMatch'));
  });

  test("the documentation's signed trailer is accepted, a changed one is not", async () => {
    const encoded = chunked(
      [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      TRAILER,
    );
    const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
    const { body, trailers } = await decode(encoded, seed);
    expect([body.equals(BODY), trailers.get('x-amz-checksum-crc32c')]).toEqual([true, 'sOO8/Q==']);
    const changed = Buffer.from(encoded.toString('latin1').replace('sOO8', 'sOO9'), 'latin1');
    await expect(decode(changed, seed)).rejects.toEqual(code('SignatureDoesNotMatch'));
  });

  test('however the network cuts the stream, the same bytes and trailers come out', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
    const lengths = fc.array(fc.integer({ min: 8192, max: 9000 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(cuts, lengths, fc.integer({ min: 1, max: 100 }), async (sizes, chunkLengths, lastLength) => {
        const chunks = [...chunkLengths, lastLength].map((length, index) => Buffer.alloc(length, index + 65));
        const encoded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
        const { body, trailers } = await decode(
          Buffer.from(`${encoded}0\r\nX-Amz-Checksum-Crc32: abc=\r\n\r\n`),
          undefined,
          sizes,
        );
        expect(body.equals(Buffer.concat(chunks))).toBe(true);
        expect([...trailers]).toEqual([['x-amz-checksum-crc32', 'abc=']]);
      }),
      { numRuns: 50 },
    );
  });

  test('only the last chunk may be small', async () => {
    const encoded = `3e8\r\n${'a'.repeat(1000)}\r\n3e8\r\n${'a'.repeat(1000)}\r\n0\r\n\r\n`;
    await expect(decode(Buffer.from(encoded))).rejects.toEqual(code('InvalidChunkSizeError'));
  });

  test.each([
    ['nothing', ''],
    ['an end in a chunk', '10\r\nabc'],
    ['an end before the last chunk', '3\r\nabc\r\n'],
    ['a size that is none', 'xyz\r\nabc\r\n0\r\n\r\n'],
    ['a size beyond all measure', 'ffffffffffffff\r\nabc'],
    ['no line end after a chunk', '3\r\nabcdef\r\n0\r\n\r\n'],
    ['a line without end', `3;${'x'.repeat(100_000)}`],
  ])('%s is an incomplete body', async (_, encoded) => {
    await expect(decode(Buffer.from(encoded))).rejects.toEqual(code('IncompleteBody'));
  });

  test('trailers that are none, or too many, are refused', async () => {
    await expect(decode(Buffer.from('0\r\nno colon\r\n\r\n'))).rejects.toEqual(code('MalformedTrailerError'));
    const many = 'a:b\r\n'.repeat(5000);
    await expect(decode(Buffer.from(`0\r\n${many}\r\n`))).rejects.toEqual(code('MalformedTrailerError'));
  });
});
