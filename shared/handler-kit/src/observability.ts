import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { instrumentClients } from '@dropforge/aws';
import { harmless, LineFormatter } from './log-line.ts';
import { type DimensionedMetric, metricDefinitions, metricNamespace, type PlainMetric } from './metrics.ts';

/** One of each per process; the service's name comes from POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger({ logFormatter: new LineFormatter(), jsonReplacerFn: harmless });
export const tracer = new Tracer();
export const metrics = new Metrics({
  namespace: metricNamespace,
  singleMetric: false,
  defaultDimensions: { stage: process.env.STAGE ?? 'unknown' },
});

// Where tracing is on, a call to AWS is a subsegment, and PutEvents carries the trace to the next function.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-related-service-xray.html
instrumentClients((client) => tracer.captureAWSv3Client(client));

/** Counts things that happened. */
export function count(name: PlainMetric, things = 1): void {
  metrics.addMetric(name, MetricUnit.Count, things);
}

/** Adds a value to a metric that has a dimension of its own. */
export function measure(name: DimensionedMetric, dimensionValue: string, value: number): void {
  const { unit, dimension } = metricDefinitions[name];
  const single = metrics.singleMetric();
  single.addDimension(dimension, dimensionValue);
  single.addMetric(name, MetricUnit[unit === 'None' ? 'NoUnit' : unit], value);
}

/** What the following lines and the trace are about. */
export function about(subject: { runId?: string; attempt?: number }): void {
  logger.appendKeys(subject);
  if (subject.runId) tracer.putAnnotation('runId', subject.runId);
}
