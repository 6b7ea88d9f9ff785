import type { RunSummary, RunView } from '@dropforge/api-contract';

export const runId = 'run-mzxw6ytboi2gk3tdmfza';
export const modelDigest = 'ab'.repeat(32);

/** A run at 10:15, as lists show it. */
export function summary(given: Partial<RunSummary> = {}): RunSummary {
  return {
    ...{ runId, project: 'flowers', state: 'training', ended: false, attempt: 1 },
    ...{ createdAt: '2026-08-02T10:15:00.000Z', updatedAt: '2026-08-02T10:16:00.000Z' },
    ...given,
  };
}

/** A run whose history has these events, each so many seconds after 10:15. */
export function view(
  given: Partial<RunView>,
  ...moves: readonly (readonly [seconds: number, event: string, to?: string])[]
): RunView {
  let from = 'none';
  const history = moves.map(([seconds, event, to]) => {
    const entry = { at: at(seconds), event, attempt: given.attempt ?? 1, from, ...(to !== undefined && { to }) };
    from = to ?? from;
    return entry;
  });
  return { ...summary(), reasons: [], ...given, history };
}

export const toTraining = [
  [0, 'dataset.received', 'received'],
  [3.2, 'dataset.validated', 'validated'],
  [4, 'config.rendered', 'configured'],
  [5, 'training.started', 'training'],
] as const;

export const toApproval = [
  ...toTraining,
  [65, 'training.completed', 'trained'],
  [66, 'conversion.started', 'converting'],
  [80.5, 'conversion.completed', 'converted'],
  [82, 'model.validated', 'awaiting-approval'],
] as const;

export const dataset = {
  digest: 'cd'.repeat(32),
  classes: 10,
  trainImages: 60_000,
  validationImages: 10_000,
  excludedImages: 3,
};
export const model: NonNullable<RunView['model']> = {
  ...{ modelId: 'flowers-abababab-mzxw6y', modelDigest, accuracy: 0.9123 },
  targets: ['x86_64', 'aarch64', 'armv7l'],
  approval: 'manual',
};

function at(seconds: number): string {
  return new Date(Date.parse('2026-08-02T10:15:00.000Z') + seconds * 1_000).toISOString();
}
