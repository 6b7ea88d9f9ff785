import { abis } from '@dropforge/artifact-inspection';
import { makeElf } from '@dropforge/artifact-inspection/testing';
import { conversionCompleted } from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { convertedRun, createConvertedModel } from './testing/converted-model.ts';
import { validateModel } from './validate-model.ts';

const { artifactPrefix, verificationPrefix } = conversionCompleted.example;
const manifest = `${artifactPrefix}manifest.json`;
const verification = `${verificationPrefix}verification.json`;
const goldenOf = (target: string) => `${verificationPrefix}${target}.golden.i32`;
const library = 'models/lib/libdlk_arm.so';

const exported = [...abis.dropforge, ...abis.blueoil];

type Converted = ReturnType<typeof createConvertedModel>;
const judge = (converted: Converted) => validateModel(converted.event(), converted.ports, convertedRun);

describe('an artifact', () => {
  it.each<[string, (files: Map<string, Buffer>) => void, string, string]>([
    [
      'whose library is for another architecture',
      (files) => files.set(library, makeElf({ target: 'aarch64', exported })),
      'WRONG_MACHINE',
      'It is for aarch64, not for arm.',
    ],
    [
      'whose library passes numbers by soft float',
      (files) => files.set(library, makeElf({ target: 'armv7l', exported, floatAbi: 'soft' })),
      'WRONG_FLOAT_ABI',
      'It passes floating point numbers by soft float, not by hard float.',
    ],
    [
      'whose library takes more memory than the device has',
      (files) => files.set(library, makeElf({ target: 'armv7l', exported, zeroBytes: 2 ** 30 })),
      'MEMORY_PEAK',
      expect.stringMatching(/^It takes 10\d{8} bytes of memory; the device's limit is 268435456\.$/),
    ],
    [
      'whose library is cut off',
      (files) => files.set(library, makeElf({ target: 'armv7l' }).subarray(0, 100)),
      'TRUNCATED',
      expect.any(String),
    ],
    ['that lacks its library', (files) => files.delete(library), 'FILE_MISSING', 'The artifact does not have it.'],
  ])('%s closes the gate, which names the file', async (_, change, code, message) => {
    const converted = createConvertedModel(change);
    expect(await judge(converted)).toMatchObject({
      name: 'model.rejected',
      data: {
        reasons: [{ code, message, where: expect.stringMatching(/^device:armv7l( models\/lib\/libdlk_arm\.so)?$/) }],
      },
    });
    expect(converted.parse(`${verificationPrefix}decision.json`)).toMatchObject({
      evidence: { devices: { armv7l: { faults: [{ code }] }, x86_64: { faults: [] } } },
    });
  });

  it('with a program that no target answers for closes the gate', async () => {
    const converted = createConvertedModel((files) => files.set('bin/helper', makeElf({ target: 'x86_64' })));
    const { data } = await judge(converted);
    expect('reasons' in data && data.reasons.map(({ code, where }) => [code, where])).toEqual([
      ['PLACE_UNKNOWN', 'device:x86_64 bin/helper'],
      ['PLACE_UNKNOWN', 'device:armv7l bin/helper'],
    ]);
  });
});

describe('a model', () => {
  it('is delivered without an optional target whose files do not fit its devices', async () => {
    const needy = makeElf({ target: 'aarch64', exported, needed: ['libc.so.6'] });
    for (const [library, targets] of [
      [undefined, ['x86_64', 'aarch64', 'armv7l']],
      [needy, ['x86_64', 'armv7l']],
    ] as const) {
      const converted = createConvertedModel((files) => library && files.set('models/lib/libdlk_aarch64.so', library));
      converted.edit(manifest, {
        targets: { x86_64: { status: 'ok' }, armv7l: { status: 'ok' }, aarch64: { status: 'ok' } },
      });
      converted.edit(verification, {
        targets: { x86_64: { ran: true }, armv7l: { ran: true }, aarch64: { ran: true } },
      });
      converted.files.set(goldenOf('aarch64'), converted.files.get(goldenOf('armv7l')) ?? Buffer.alloc(0));
      expect(await judge(converted)).toMatchObject({ name: 'model.validated', data: { targets } });
    }
  });
});
