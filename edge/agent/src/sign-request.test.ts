import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, it } from 'vitest';
import { signRequest } from './sign-request.ts';

it.each([
  ['https://abc-ats.iot.eu-west-1.amazonaws.com/topics/dropforge%2Fdevices%2Fdevice-1%2Freport?qos=1', undefined],
  ['http://127.0.0.1:4566/topics/dropforge%2Fdevices%2Fa%3Ab_c%2Freport?qos=1', 'session/token+=='],
])("signs %s as AWS's own signer does", async (address, sessionToken) => {
  const url = new URL(address);
  const body = '{"status":"alive","name":"猫"}';
  const now = new Date('2026-02-03T04:05:06.789Z');
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret/key', ...(sessionToken ? { sessionToken } : {}) };
  const { authorization, ...headers } = signRequest(
    { method: 'POST', url, body, region: 'eu-west-1', service: 'iotdata', now },
    credentials,
  );
  const signer = new SignatureV4({
    service: 'iotdata',
    region: 'eu-west-1',
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const expected = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: { qos: '1' },
      headers: { host: url.host, 'content-type': headers['content-type'] ?? '' },
      body,
    },
    { signingDate: now },
  );
  expect(authorization).toBe(expected.headers.authorization);
});
