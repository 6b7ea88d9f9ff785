/** The last value of each metric in a log, as SageMaker scrapes it. https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html */
import { statSync } from 'node:fs';
import type { MetricDefinition } from './job-requests.ts';
import { tail } from './log-file.ts';

export interface Metric {
  readonly MetricName: string;
  readonly Value: number;
  /** Seconds since 1970. */
  readonly Timestamp: number;
}

/** A line that tells of progress is far shorter, and comes often. */
const searchedBytes = 64 * 1024;

/** Values that are no numbers, as `nan` before the first evaluation, are passed over. */
export function lastMetrics(logFile: string, definitions: readonly MetricDefinition[]): Metric[] {
  const lines = tail(logFile, searchedBytes).toString('utf8').split('\n').reverse();
  const written = statSync(logFile, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return definitions.flatMap(({ Name, Regex }) => {
    const pattern = new RegExp(Regex);
    for (const line of lines) {
      const value = Number(pattern.exec(line)?.[1] ?? Number.NaN);
      if (Number.isFinite(value)) return [{ MetricName: Name, Value: value, Timestamp: written / 1000 }];
    }
    return [];
  });
}
