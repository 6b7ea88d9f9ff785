/** The last value of each metric in a log, as SageMaker scrapes it. https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 64 * 1024;

export function lastMetrics(
  logFile: string,
  definitions: unknown,
): { MetricName: string; Value: number; Timestamp: number }[] {
  if (!Array.isArray(definitions)) return [];
  const lines = tail(logFile).split('\n').reverse();
  const Timestamp = Math.floor(Date.now() / 1000);
  return definitions.flatMap(({ Name, Regex }: { Name: string; Regex: string }) => {
    const pattern = new RegExp(Regex);
    for (const line of lines) {
      const value = Number(pattern.exec(line)?.[1] ?? Number.NaN);
      if (Number.isFinite(value)) return [{ MetricName: Name, Value: value, Timestamp }];
    }
    return [];
  });
}

/** The end of a file as text; empty if there is none. */
export function tail(file: string, bytes = tailBytes): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
