import { describe, expect, it } from 'vitest';
import { AddressRefused, checkAddress, readWebhookUrl } from './webhook-address.ts';

const publicOnly = { testAddress: undefined };
const read = (text: string, policy = publicOnly as Parameters<typeof readWebhookUrl>[1]) =>
  readWebhookUrl(text, policy);

describe('the address of a webhook', () => {
  it.each([
    'https://example.com/hook?key=1',
    'https://hooks.example.com:8443/',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
    'https://Example.COM.:443/x',
  ])('may be %s', (text) => expect(read(text).protocol).toBe('https:'));

  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'example.com/hook',
    '',
    'https://',
    'https://ana:secret@example.com/',
    'https://example.com:22/',
    'https://example.com:80/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://intranet/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://169.254.170.2/v2/credentials',
    'https://2852039166/',
    'https://100.64.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://192.0.2.1/',
    'https://198.18.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[64:ff9b::169.254.169.254]/',
    'https://[64:ff9b:1::a9fe:a9fe]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:db8::1]/',
  ])('may not be %s', (text) => expect(() => read(text)).toThrow(AddressRefused));

  it('may be the one test address that the deployment names, and no other', () => {
    const policy = { testAddress: '127.0.0.1' };
    expect(read('http://127.0.0.1:9000/hook', policy).port).toBe('9000');
    for (const other of [
      'http://127.0.0.2/',
      'http://10.0.0.1/',
      'http://localhost/',
      'ftp://127.0.0.1/',
      'http://1.1.1.1/',
    ])
      expect(() => read(other, policy), other).toThrow(AddressRefused);
    expect(() => checkAddress('127.0.0.1', policy)).not.toThrow();
    expect(() => checkAddress('127.0.0.2', policy)).toThrow(AddressRefused);
  });
});

describe('what a name resolves to', () => {
  it.each(['8.8.8.8', '2606:4700:4700::1111'])('may be %s', (address) =>
    expect(() => checkAddress(address, publicOnly)).not.toThrow(),
  );
  it.each(['169.254.169.254', 'fd00:ec2::254', '::ffff:10.0.0.1', '100.100.1.1', 'example.com', ''])(
    'may not be %s',
    (address) => expect(() => checkAddress(address, publicOnly)).toThrow(AddressRefused),
  );
});
