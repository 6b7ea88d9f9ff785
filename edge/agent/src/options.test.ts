import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

const args = [
  '--release',
  'r',
  '--artifact',
  'a',
  '--work',
  'w',
  '--thing',
  't',
  '--iot-endpoint',
  'abc-ats.iot.eu-west-1.amazonaws.com',
  '--delivery',
  'signed',
];

describe('the options', () => {
  it('come from the recipe, and the environment of a machine may say more', () => {
    const environment = {
      DROPFORGE_RUNNER_PREFIX: 'qemu-arm -L /usr/arm-linux-gnueabihf',
      DROPFORGE_ARCHITECTURE: 'armv7l',
    };
    expect(readOptions(args, environment)).toMatchObject({
      runnerPrefix: ['qemu-arm', '-L', '/usr/arm-linux-gnueabihf'],
      architecture: 'armv7l',
      delivery: 'signed',
      signingKeys: '/etc/dropforge/signing-keys.pem',
      iotEndpoint: 'https://abc-ats.iot.eu-west-1.amazonaws.com',
    });
  });

  it('are refused with every fault at once', () => {
    const environment = { DROPFORGE_ARCHITECTURE: 'mips', DROPFORGE_PREDICT_PORT: '-1' };
    expect(() => readOptions([], environment)).toThrow(
      /DROPFORGE_ARCHITECTURE.*--iot-endpoint.*--release is missing.*--thing is missing.*--delivery is missing.*DROPFORGE_PREDICT_PORT/,
    );
  });
});
