import { expect, it } from 'vitest';
import { describeTimeline } from './timeline.ts';

const at = '2026-08-02T10:15:00.000Z';
const until = '2026-08-02T10:45:00.000Z';

it('says what moved the run, on what, and by whom', () => {
  expect(
    describeTimeline([
      {
        at,
        event: 'dataset.received',
        attempt: 1,
        from: 'none',
        to: 'received',
        cause: { id: 'e-1', type: 'Object Created' },
      },
      { at, event: 'run.cancelled', attempt: 1, from: 'received', to: 'cancelled', by: 'ana' },
      {
        at,
        event: 'x',
        attempt: 1,
        from: 'a',
        to: 'b',
        cause: { id: 'run-1.t1.dataset.received', type: 'dataset.received' },
      },
    ]),
  ).toEqual([
    '  2026-08-02 10:15:00    dataset.received  → received   on Object Created e-1',
    '  2026-08-02 10:15:00    run.cancelled     → cancelled  by ana',
    '  2026-08-02 10:15:00    x                 → b          on dataset.received',
  ]);
});

it('tells late news, nudges and failures from moves, and says how often they were', () => {
  const entries = [
    { at, event: 'training.failed', attempt: 1, from: 'stopped', note: 'The run was already "stopped".' },
    { at, event: 'run.nudged', attempt: 2, from: 'training', kind: 'nudge', note: 'Silent.', count: 6, until } as const,
    {
      at,
      event: 'config.rendered',
      attempt: 2,
      from: 'configured',
      kind: 'failure',
      note: 'Error: S3 is down',
    } as const,
    { at, event: 'training.deferred', attempt: 2, from: 'training', to: 'waiting-capacity', codes: ['CAPACITY_ERROR'] },
  ];
  expect(describeTimeline(entries)).toEqual([
    '  2026-08-02 10:15:00  #1  training.failed    too late            The run was already "stopped"',
    '  2026-08-02 10:15:00  #2  run.nudged         nudged              Silent; 6 times until 2026-08-02 10:45:00',
    '  2026-08-02 10:15:00  #2  config.rendered    failed              Error: S3 is down',
    '  2026-08-02 10:15:00  #2  training.deferred  → waiting-capacity  (CAPACITY_ERROR)',
  ]);
});
