import { describe, expect, it } from 'vitest';
import { compareLogits } from './compare.ts';
import { type DeviceEvidence, decideGate, defaultGatePolicy, type GateEvidence, type TargetEvidence } from './gate.ts';

const agreeing: TargetEvidence = { status: 'ran', golden: compareLogits(Int32Array.of(1, 2), Int32Array.of(1, 2), 2) };
const differing: TargetEvidence = { status: 'ran', golden: compareLogits(Int32Array.of(1, 2), Int32Array.of(1, 3), 2) };
const fitting: DeviceEvidence = {
  files: [{ path: 'lib/a.so', sha256: 'ab'.repeat(32), bytes: 100, memoryBytes: 4096 }],
  faults: [],
};
const evidence: GateEvidence = {
  targets: { x86_64: agreeing, aarch64: agreeing, armv7l: agreeing },
  devices: { x86_64: fitting, aarch64: fitting, armv7l: fitting },
  accuracy: 0.9,
  trainerAccuracy: 0.905,
  modelBytes: 98_800,
  artifactBytes: 1_000_000,
};

function failedChecks(policy: Partial<typeof defaultGatePolicy>, change: Partial<GateEvidence>): string[] {
  const decision = decideGate({ ...defaultGatePolicy, ...policy }, { ...evidence, ...change });
  const failed = decision.checks.filter(({ passed }) => !passed).map(({ name }) => name);
  expect(decision.passed).toBe(failed.length === 0);
  return failed;
}

describe('decideGate', () => {
  it('passes a model that holds every rule and keeps what it was decided on', () => {
    const decision = decideGate(defaultGatePolicy, evidence);
    expect(decision).toMatchObject({ passed: true, policy: defaultGatePolicy, evidence });
    expect(decision.checks.map(({ name }) => name)).toEqual([
      'target:x86_64',
      'target:aarch64',
      'target:armv7l',
      'device:x86_64',
      'device:aarch64',
      'device:armv7l',
      'accuracy',
      'accuracy-drop',
      'model-size',
      'artifact-size',
    ]);
  });

  it('closes for a required target that differs, failed, did not run, or ran on too few images', () => {
    const { x86_64, aarch64 } = evidence.targets;
    const failed: TargetEvidence = { status: 'failed', code: 'COMPILER_MISSING', message: 'No compiler.' };
    const targets = { ...(x86_64 && { x86_64 }), ...(aarch64 && { aarch64 }) };
    expect(failedChecks({}, { targets: { ...targets, armv7l: differing } })).toEqual(['target:armv7l']);
    expect(failedChecks({}, { targets: { ...targets, armv7l: failed } })).toEqual(['target:armv7l']);
    expect(failedChecks({}, { targets })).toEqual(['target:armv7l']);
    expect(failedChecks({ minimumGoldenImages: 2, requiredTargets: ['x86_64'] }, {})).toEqual(['target:x86_64']);
  });

  it('closes for a build of the kernels that differs, not for one that could not run', () => {
    const failed: TargetEvidence = { status: 'failed', code: 'KERNELS_NOT_RUN', message: 'No WebAssembly.' };
    const kernels = { wasm: agreeing, 'wasm-relaxed': failed };
    expect(failedChecks({}, { kernels })).toEqual([]);
    expect(failedChecks({}, { kernels: { ...kernels, wasm: differing } })).toEqual(['kernels:wasm']);
    const { checks } = decideGate(defaultGatePolicy, { ...evidence, kernels });
    expect(checks.find(({ name }) => name.startsWith('kernels'))?.message).toBe(
      'The wasm build of the kernels agrees with the reference on 1 golden images.',
    );
  });

  it('closes for a required target whose files do not fit its devices, or are not there', () => {
    const faults = [{ code: 'WRONG_MACHINE', message: 'It is for x86_64, not for arm.', path: 'lib/a.so' }];
    const unfit = { ...evidence.devices, armv7l: { ...fitting, faults } };
    expect(failedChecks({}, { devices: unfit })).toEqual(['device:armv7l']);
    expect(failedChecks({}, { devices: { x86_64: fitting, aarch64: fitting } })).toEqual(['device:armv7l']);
    expect(failedChecks({}, { devices: { ...evidence.devices, armv7l: { files: [], faults: [] } } })).toEqual([
      'device:armv7l',
    ]);
    expect(failedChecks({ requiredTargets: ['x86_64'] }, { devices: unfit })).toEqual([]);
    const { checks } = decideGate(defaultGatePolicy, { ...evidence, devices: unfit });
    expect(checks.find(({ passed }) => !passed)?.message).toBe(
      'A file for armv7l does not fit its devices: lib/a.so: It is for x86_64, not for arm.',
    );
  });

  it('stays open for a target that nobody requires', () => {
    expect(failedChecks({ requiredTargets: ['x86_64'] }, { targets: { x86_64: agreeing, armv7l: differing } })).toEqual(
      [],
    );
  });

  it('closes for accuracy below the minimum, too large a drop, or no number at all', () => {
    expect(failedChecks({ minimumAccuracy: 0.95 }, {})).toEqual(['accuracy']);
    expect(failedChecks({}, { trainerAccuracy: 0.95 })).toEqual(['accuracy-drop']);
    expect(failedChecks({}, { trainerAccuracy: null })).toEqual([]);
    expect(failedChecks({}, { accuracy: Number.NaN })).toEqual(['accuracy', 'accuracy-drop']);
  });

  it('closes for sizes beyond the limits and says them all at once', () => {
    expect(failedChecks({ maximumModelBytes: 98_799, maximumArtifactBytes: 10 }, {})).toEqual([
      'model-size',
      'artifact-size',
    ]);
  });

  it('says where a target differs', () => {
    const { checks } = decideGate(
      { ...defaultGatePolicy, requiredTargets: ['armv7l'] },
      { ...evidence, targets: { armv7l: differing } },
    );
    expect(checks[0]?.message).toBe(
      'Target armv7l differs from the reference in 1 of 1 golden images, first in image 0, class 1.',
    );
  });
});
