import { fakeArtifact } from '@dropforge/artifact-inspection/testing';
import { conversionCompleted } from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { convertedRun, createConvertedModel, sha256, withOneLogitOff } from './testing/converted-model.ts';
import { validateModel } from './validate-model.ts';

const { runId, artifactPrefix, verificationPrefix } = conversionCompleted.example;
const manifest = `${artifactPrefix}manifest.json`;
const verification = `${verificationPrefix}verification.json`;
const modelFile = `${artifactPrefix}model.safetensors`;
const artifact = `${artifactPrefix}output.tar.gz`;
const evaluation = `${verificationPrefix}x86_64.evaluation.i32`;
const goldenOf = (target: string) => `${verificationPrefix}${target}.golden.i32`;

type Converted = ReturnType<typeof createConvertedModel>;
const judge = (converted: Converted) => validateModel(converted.event(), converted.ports, convertedRun);

/** The reasons for which a conversion is refused after something was done to it. */
async function reasonsAfter(change: (converted: Converted) => void) {
  const converted = createConvertedModel();
  change(converted);
  const event = await judge(converted);
  expect(event.name).toBe('model.rejected');
  expect([...converted.files.keys()].filter((key) => key.startsWith('models/'))).toEqual([]);
  return 'reasons' in event.data ? event.data.reasons : [];
}

describe('a model whose targets compute what the reference computes', () => {
  it('passes, with the accuracy of its own logits and the targets that agree', async () => {
    const converted = createConvertedModel();
    const modelDigest = sha256(converted.files.get(modelFile) ?? Buffer.alloc(0));
    const modelId = `flowers-${modelDigest.slice(0, 8)}-${runId.slice(4, 10)}`;
    expect(await judge(converted)).toEqual({
      name: 'model.validated',
      data: {
        runId,
        project: 'flowers',
        attempt: 1,
        modelId,
        modelDigest,
        accuracy: 0.875,
        targets: ['x86_64', 'armv7l'],
        decisionKey: `models/${modelId}/decision.json`,
        deployment: { to: 'dropforge-devices', approval: 'auto' },
      },
    });
  });

  it('is frozen as a release, the description last, the same bytes however often the event comes', async () => {
    const converted = createConvertedModel();
    const released = async () => {
      await judge(converted);
      return [...converted.files].filter(([key]) => key.startsWith('models/')).map(([key, bytes]) => [key, `${bytes}`]);
    };
    const first = await released();
    expect(first.map(([key]) => key?.split('/')[2])).toEqual([
      'output.tar.gz',
      'model.safetensors',
      'decision.json',
      'release.json',
    ]);
    expect(JSON.parse(first.at(-1)?.[1] ?? '')).toMatchObject({
      format: 'dropforge-release/1',
      runId,
      attempt: 1,
      createdAt: convertedRun.updatedAt,
      artifactDigest: sha256(converted.files.get(`${artifactPrefix}output.tar.gz`) ?? Buffer.alloc(0)),
      classes: ['class 0', 'class 1', 'class 2'],
    });
    expect(await released()).toEqual(first);
  });

  it('has an id that fits a bucket, whatever the project is called', async () => {
    for (const project of ['Ünïcode 猫', '../..', 'A'.repeat(100), '猫']) {
      const converted = createConvertedModel();
      const event = { ...converted.event(), data: { ...converted.event().data, project } };
      const { data } = await validateModel(event, converted.ports, convertedRun);
      expect('modelId' in data && data.modelId).toMatch(/^[a-z0-9][a-z0-9-]{0,127}$/);
    }
  });

  it('is delivered without an optional target that disagrees or did not run', async () => {
    const converted = createConvertedModel();
    converted.edit(manifest, {
      targets: { x86_64: { status: 'ok' }, armv7l: { status: 'ok' }, aarch64: { status: 'ok' } },
    });
    converted.edit(verification, { targets: { x86_64: { ran: true }, armv7l: { ran: true }, aarch64: { ran: true } } });
    converted.files.set(goldenOf('aarch64'), withOneLogitOff(converted.files.get(goldenOf('armv7l')), 0));
    expect(await judge(converted)).toMatchObject({ name: 'model.validated', data: { targets: ['x86_64', 'armv7l'] } });
  });
});

describe('the gate stays closed', () => {
  it('when one logit of one target is off by one, and says where', async () => {
    const reasons = await reasonsAfter(({ files }) => {
      files.set(goldenOf('armv7l'), withOneLogitOff(files.get(goldenOf('armv7l')), 5));
    });
    expect(reasons).toEqual([
      {
        code: 'TARGET_DISAGREES',
        message: 'Target armv7l differs from the reference in 1 of 3 golden images, first in image 1, class 2.',
        where: 'target:armv7l',
        action: expect.stringContaining('leave the target out'),
      },
    ]);
  });

  it('when the native build differs only in the evaluation', async () => {
    const reasons = await reasonsAfter(({ files }) => {
      files.set(evaluation, withOneLogitOff(files.get(evaluation), 0));
    });
    expect(reasons.map(({ code, where }) => [code, where])).toEqual([
      ['TARGET_DISAGREES', 'target:x86_64'],
      ['ACCURACY_NOT_MEASURED', 'accuracy'],
    ]);
  });

  it('when a required target failed, in the words of its compiler, however many', async () => {
    const error = { code: 'COMPILE_FAILED', message: `clang: ${'x'.repeat(5_000)}` };
    const reasons = await reasonsAfter(({ edit }) => {
      edit(manifest, { targets: { x86_64: { status: 'ok' }, armv7l: { status: 'failed', error } } });
      edit(verification, { targets: { x86_64: { ran: true }, armv7l: { ran: false, error } } });
    });
    expect(reasons).toMatchObject([{ code: 'TARGET_FAILED', message: expect.stringContaining('clang: xxx') }]);
    expect(reasons[0]?.message).toHaveLength(1_000);
  });

  it('when a target was built and did not run', async () => {
    const targets = { x86_64: { ran: true }, armv7l: { ran: false } };
    expect(await reasonsAfter(({ edit }) => edit(verification, { targets }))).toMatchObject([
      { code: 'TARGET_FAILED', where: 'target:armv7l', message: 'Target armv7l failed: It was built but did not run.' },
    ]);
  });

  it('when nobody measured the accuracy, and says why', async () => {
    const accuracyError = { code: 'COMPILER_MISSING', message: 'clang was not found.' };
    const reasons = await reasonsAfter(({ files, edit }) => {
      files.delete(evaluation);
      edit(verification, { accuracy: null, accuracyError });
    });
    expect(reasons).toMatchObject([
      {
        code: 'ACCURACY_NOT_MEASURED',
        message: 'Nobody knows the accuracy of the converted model: clang was not found.',
      },
    ]);
  });

  it('when the accuracy is too low or has dropped too far, whatever the conversion claims', async () => {
    const reasons = await reasonsAfter(({ files, edit }) => {
      files.set(`${verificationPrefix}labels.u16`, new Uint8Array(16).fill(255));
      edit(verification, { accuracy: 1, trainerAccuracy: 0.9 });
    });
    expect(reasons.map(({ code }) => code)).toEqual(['ACCURACY', 'ACCURACY_DROP']);
  });

  it('and keeps the whole decision beside the verification', async () => {
    const converted = createConvertedModel();
    converted.files.set(goldenOf('armv7l'), withOneLogitOff(converted.files.get(goldenOf('armv7l')), 0));
    const decisionKey = `${verificationPrefix}decision.json`;
    expect(await judge(converted)).toMatchObject({ data: { decisionKey } });
    expect(converted.parse(decisionKey)).toMatchObject({ passed: false, policy: { minimumAccuracy: 0.5 } });
  });
});

describe('evidence is refused', () => {
  it.each<[string, (converted: Converted) => void, string, string]>([
    ['without a model', ({ files }) => files.delete(modelFile), 'OUTPUT_MISSING', modelFile],
    [
      'with another model than the one in the manifest',
      ({ files }) => files.set(modelFile, Buffer.concat([files.get(modelFile) ?? Buffer.alloc(0), Buffer.alloc(1)])),
      'DIGEST_MISMATCH',
      modelFile,
    ],
    [
      'with a model that ends early, though its digest is right',
      ({ files, edit }) => {
        const cut = files.get(modelFile)?.slice(0, -10) ?? Buffer.alloc(0);
        files.set(modelFile, cut);
        edit(manifest, { modelDigest: sha256(cut) });
      },
      'OFFSETS_INVALID',
      modelFile,
    ],
    [
      'with an artifact that is no archive',
      ({ files }) => files.set(artifact, Buffer.from('an archive')),
      'ARTIFACT_INVALID',
      artifact,
    ],
    [
      'with an artifact that is cut off',
      ({ files }) => files.set(artifact, files.get(artifact)?.subarray(0, 400) ?? Buffer.alloc(0)),
      'ARTIFACT_INVALID',
      artifact,
    ],
    [
      'with an artifact of other files than the manifest lists',
      ({ files }) => files.set(artifact, fakeArtifact({ targets: ['x86_64', 'armv7l'] }).archive),
      'DIGEST_MISMATCH',
      artifact,
    ],
    [
      'with an artifact that has a file more than the manifest',
      ({ edit, parse }) => edit(manifest, { files: (parse(manifest).files as object[]).slice(1) }),
      'DIGEST_MISMATCH',
      artifact,
    ],
    [
      'with golden images of another size',
      ({ files }) => files.set(`${verificationPrefix}golden.u8`, Buffer.alloc(100)),
      'GOLDEN_SIZE',
      'golden.u8',
    ],
    [
      'with other classes than the model',
      ({ edit }) => edit(manifest, { classes: ['a', 'b'] }),
      'MANIFEST_DISAGREES',
      'manifest.json',
    ],
    [
      'with labels for fewer images than were evaluated',
      ({ files }) => files.set(`${verificationPrefix}labels.u16`, Buffer.alloc(14)),
      'EVALUATION_SIZE',
      'x86_64.evaluation.i32',
    ],
    [
      'with logits for fewer images than were evaluated',
      ({ files }) => files.set(evaluation, Buffer.alloc(12)),
      'EVALUATION_SIZE',
      'x86_64.evaluation.i32',
    ],
    [
      'with half a logit',
      ({ files }) => files.set(goldenOf('armv7l'), Buffer.alloc(38)),
      'FILE_MALFORMED',
      goldenOf('armv7l'),
    ],
    [
      'with an empty verification',
      ({ files }) => files.set(verification, Buffer.alloc(0)),
      'FILE_MALFORMED',
      verification,
    ],
    [
      'with a target that nobody knows',
      ({ edit }) => edit(manifest, { targets: { '../z80': { status: 'ok' } } }),
      'FILE_MALFORMED',
      manifest,
    ],
    [
      'without a policy',
      ({ files }) => files.delete(`runs/${runId}/config/t1/policy.json`),
      'POLICY_MISSING',
      `runs/${runId}/config/t1/policy.json`,
    ],
  ])('%s', async (_, change, code, where) => {
    expect(await reasonsAfter(change)).toMatchObject([{ code, where }]);
  });

  it('with names so long that no event could carry them', async () => {
    const [reason] = await reasonsAfter(({ files, edit }) => {
      const header = JSON.stringify({ ['x'.repeat(5_000)]: { dtype: 'U8', shape: [4], data_offsets: [0, 4] } });
      const length = Buffer.alloc(8);
      length.writeUInt32LE(header.length);
      const hostile = Buffer.concat([length, Buffer.from(header)]);
      files.set(modelFile, hostile);
      edit(manifest, { modelDigest: sha256(hostile) });
    });
    expect(reason).toMatchObject({ code: 'OFFSETS_INVALID', where: modelFile });
    expect(reason?.message).toHaveLength(1_000);
  });

  it('with another manifest than the conversion announced', async () => {
    const converted = createConvertedModel();
    const event = converted.event();
    converted.edit(manifest, { modelName: 'other' });
    expect(await validateModel(event, converted.ports, convertedRun)).toMatchObject({
      name: 'model.rejected',
      data: { reasons: [{ code: 'MANIFEST_CHANGED', where: manifest }] },
    });
  });
});

it('is not taken for a verdict when the world is down', async () => {
  const converted = createConvertedModel();
  const down = {
    ...converted.ports,
    readFile: async () => {
      throw new Error('S3 does not answer.');
    },
  };
  await expect(validateModel(converted.event(), down, convertedRun)).rejects.toThrow('S3 does not answer.');
});
