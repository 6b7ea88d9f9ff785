import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metricDefinitions } from '../../services/training-starter/src/metric-definitions.ts';
import { root } from '../architecture/source-files.ts';
import { python } from './plain-image.ts';

/** Two lines of the trainer's own: before and after its first look at the held-out images. */
const script = `
from dropforge_train.progress import Progress
progress = Progress(steps_per_epoch=40)
progress.report(0, elapsed=0.0, fraction=0.0)
progress.add_loss(1.25)
progress.accuracy = 0.875
progress.report(30, elapsed=15.0, fraction=0.25)
`;

it('what SageMaker scrapes matches the lines that the trainer prints', () => {
  const output = execFileSync(python, ['-c', script], { cwd: join(root, 'jobs/train'), encoding: 'utf8' });
  const [first = '', second = ''] = output.split('\n');
  expect(scrape(second)).toEqual({ step: 30, steps: 120, epoch: 0.75, loss: 1.25, accuracy: 0.875, eta_seconds: 45 });
  // What is not yet known is no metric: SageMaker takes numbers only.
  expect(first).toContain('loss=nan accuracy=nan');
  expect(Object.keys(scrape(first))).not.toContain('loss');
});

it('what SageMaker scrapes stands in no other line of the trainer', () => {
  const others = ['checkpoint step=30 elapsed_seconds=15.00', 'trained rank=0 step=30 weights=00', 'resumed step=30'];
  for (const line of others) expect(scrape(line)).toEqual({});
});

function scrape(line: string): Record<string, number> {
  return Object.fromEntries(
    metricDefinitions.flatMap(({ Name, Regex }) => {
      const value = new RegExp(Regex).exec(line)?.[1];
      return value === undefined ? [] : [[Name, Number(value)]];
    }),
  );
}
