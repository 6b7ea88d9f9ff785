import type { RunView } from '@dropforge/api-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { dataset, model, runId, toApproval, toTraining, view } from '../testing/example-runs.ts';
import { Problem, startFakeApi } from '../testing/fake-api.ts';
import { type CommandOptions, runCommand } from '../testing/run-command.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Watches a run that is another one each time it is looked at; the last stays. */
async function watch(
  looks: readonly (RunView | Problem)[],
  args: readonly string[] = [],
  options: CommandOptions = {},
) {
  let look = 0;
  const api = await startFakeApi({ showRun: () => looks[Math.min(look++, looks.length - 1)] });
  open.push(api);
  return runCommand(['--api', api.url, 'watch', runId, ...args], options);
}

const training = (step: number, accuracy?: number) =>
  view(
    {
      dataset,
      progress: {
        step,
        steps: 1_800,
        loss: 2.3 - step / 1_000,
        secondsLeft: 60 - step / 30,
        ...(accuracy && { accuracy }),
      },
    },
    ...toTraining,
  );
const received = view({ state: 'received' }, [0, 'dataset.received', 'received']);
const delivered = [
  ...toApproval,
  [83, 'deployment.started', 'deploying'],
  [95, 'deployment.completed', 'deployed'],
] as const;
const deployed = view(
  {
    state: 'deployed',
    ended: true,
    dataset,
    model,
    deployment: { to: 'greenhouse', devices: ['a', 'b'], deploymentId: 'd' },
  },
  ...delivered,
);

describe('watching', () => {
  it('tells each stage once it is over, and the progress of the training by tenths', async () => {
    const looks = [received, received, training(10), training(20), training(810, 0.83), deployed];
    expect(await watch([received, ...looks])).toEqual({
      code: 0,
      err: '',
      json: expect.any(Function),
      out: `\
✓ Dataset            3.2 s  10 classes, 60,000 + 10,000 images, 3 left out
✓ Configuration      0.8 s
  [░░░░░░░░░░░░░░░░░░░░]   0 %  step 10 of 1800  loss 2.290  1 min 00 s left
  [█████████░░░░░░░░░░░]  45 %  step 810 of 1800  loss 1.490  accuracy 83.0 %  33 s left
✓ Training      1 min 01 s
✓ Conversion        15.5 s
✓ Verification       1.5 s  accuracy 91.2 %, agrees on x86_64, aarch64, armv7l
✓ Approval           1.0 s
✓ Delivery          12.0 s  to greenhouse: 2 devices
The run is deployed.
`,
    });
  });

  it('moves one line at a terminal, below the lines that stay', async () => {
    const { out, err } = await watch([training(10), training(10), training(810, 0.83), deployed], [], {
      isTerminal: true,
    });
    expect(out).not.toContain('step');
    expect(err).toContain('\r\u001b[2K· Training      4 min 56 s  [█████████░░░░░░░░░░░]  45 %  step 810 of 1800');
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('is one JSON object a line for programs', async () => {
    const { out, err } = await watch([training(10), training(10), training(810, 0.83), deployed], ['--json']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(err).toBe('');
    expect(lines.map(({ type, name, step }) => [type, name ?? step])).toEqual([
      ['stage-ended', 'dataset'],
      ['stage-ended', 'configuration'],
      ['stage-started', 'training'],
      ['progress', 10],
      ['progress', 810],
      ...['training', 'conversion', 'verification', 'approval', 'delivery'].map((name) => ['stage-ended', name]),
      ['end', undefined],
    ]);
    expect(lines.find(({ name, type }) => name === 'conversion' && type === 'stage-ended')).toMatchObject({
      seconds: 15.5,
    });
  });

  it.each(['rejected', 'failed', 'stopped', 'cancelled', 'rolled-back', 'stalled'] as const)(
    'ends with 1 when the run is %s',
    async (state) => {
      const reasons = [
        { code: 'OUT_OF_MEMORY', message: 'The trainer ran out of memory.', action: 'Lower batchSize.' },
      ];
      const { code, out } = await watch([
        view({ state, ended: true, reasons }, ...toTraining, [20, 'training.failed', state]),
      ]);
      expect(code).toBe(1);
      expect(out).toContain(
        `✗ Training          16.0 s  ${state}\nThe run is ${state}.\n- The trainer ran out of memory. (OUT_OF_MEMORY)\n    do: Lower batchSize.\n`,
      );
    },
  );

  it('ends with 0 and a hint when a person has to approve', async () => {
    const { code, out } = await watch([view({ state: 'awaiting-approval', model }, ...toApproval)]);
    expect(code).toBe(0);
    expect(out.endsWith(`The model waits for approval: dropforge approve ${runId}\n`)).toBe(true);
  });

  it('goes on when the gate alone approves', async () => {
    const { out } = await watch([
      view({ state: 'awaiting-approval', model: { ...model, approval: 'auto' } }, ...toApproval),
      deployed,
    ]);
    expect(out.endsWith('The run is deployed.\n')).toBe(true);
  });

  it('bears an API that is away for a moment', async () => {
    const away = new Problem(503, 'SERVICE_UNAVAILABLE', 'The embedded cloud starts.');
    const { code, out } = await watch([training(10), training(10), away, away, away, away, deployed]);
    expect(code).toBe(0);
    expect(out.endsWith('The run is deployed.\n')).toBe(true);
  });

  it('keeps attempts apart', async () => {
    const again = {
      at: '2026-08-02T10:17:00.000Z',
      event: 'run.retried',
      attempt: 2,
      from: 'failed',
      to: 'configured',
    };
    const failed = view({ attempt: 1 }, ...toTraining, [20, 'training.failed', 'failed']).history;
    const run = {
      ...view({ state: 'trained', attempt: 2 }),
      history: [
        ...failed,
        again,
        { ...again, at: '2026-08-02T10:18:00.000Z', event: 'training.completed', to: 'trained' },
      ],
    };
    const { out } = await watch([run, run, { ...run, state: 'cancelled', ended: true }]);
    expect(out).toContain('✗ Training          16.0 s  failed\n✓ Training (attempt 2) 1 min 00 s\n');
  });

  it('can be left, and says that the run goes on', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const { code, err } = await watch([training(10)], [], { signal: stop.signal });
    expect(code).toBe(130);
    expect(err).toContain(
      `Stopped watching; the run goes on. (INTERRUPTED)\n  do: dropforge watch ${runId}, or dropforge cancel ${runId}`,
    );
  });
});
