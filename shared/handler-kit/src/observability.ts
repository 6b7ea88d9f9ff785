import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';

/** One of each per process; the service's name comes from POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger();
export const tracer = new Tracer();
export const metrics = new Metrics({
  namespace: 'Dropforge',
  singleMetric: false,
});

/** Counts one thing that happened, in CloudWatch's embedded format. */
export function count(name: string): void {
  metrics.addMetric(name, MetricUnit.Count, 1);
}
