import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { readProgress } from './adapters.ts';

/** What the API makes of the metrics that SageMaker has scraped. */
function progressWith(metrics: Record<string, number> | undefined) {
  const FinalMetricDataList = metrics && Object.entries(metrics).map(([MetricName, Value]) => ({ MetricName, Value }));
  return readProgress({ send: async () => ({ FinalMetricDataList }) } as unknown as SageMakerClient, 'job'); // as much as is used
}

describe('the progress of a job', () => {
  it('is what its last progress line said', async () => {
    const metrics = { step: 120, steps: 1_800, epoch: 1.2, loss: 0.69, accuracy: 0.81, eta_seconds: 43 };
    const { eta_seconds: secondsLeft, ...same } = metrics;
    expect(await progressWith(metrics)).toEqual({ ...same, secondsLeft });
  });

  it('is told without what is not a number yet', async () => {
    expect(await progressWith({ step: 1, steps: 9, accuracy: Number.NaN })).toEqual({ step: 1, steps: 9 });
  });

  it('is nothing before the first line', async () => {
    expect(await progressWith(undefined)).toBeUndefined();
    expect(await progressWith({})).toBeUndefined();
  });
});
