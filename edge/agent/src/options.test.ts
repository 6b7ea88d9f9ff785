import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasEngine } from './find-engine.ts';
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

  it('take an engine that the device tree names for a kind of device', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dropforge-uio-'));
    const add = (device: string, name: string) => {
      mkdirSync(join(directory, device));
      writeFileSync(join(directory, device, 'name'), `${name}\n`);
    };
    add('uio0', 'other');
    expect(hasEngine(directory)).toBe(false);
    add('uio1', 'dropforge');
    expect(hasEngine(directory)).toBe(true);
    expect(hasEngine(join(directory, 'nowhere'))).toBe(false);
    rmSync(directory, { recursive: true });
    expect(readOptions(args, { DROPFORGE_ARCHITECTURE: 'fpga' }).architecture).toBe('fpga');
  });

  it('are refused with every fault at once', () => {
    const environment = { DROPFORGE_ARCHITECTURE: 'mips', DROPFORGE_PREDICT_PORT: '-1' };
    expect(() => readOptions([], environment)).toThrow(
      /DROPFORGE_ARCHITECTURE.*--iot-endpoint.*--release is missing.*--thing is missing.*--delivery is missing.*DROPFORGE_PREDICT_PORT/,
    );
  });
});
