/**
 * Every metric of ours, in CloudWatch's embedded format. Dashboards and alarms may name these and no others.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * Each has the dimensions `service` (dropforge) and `stage` (the deployment), and at most one more with few values:
 * every combination is a metric of its own that is paid for, so run ids and names of projects are never among them.
 */
export const metricNamespace = 'Dropforge';

export interface MetricDefinition {
  /** A unit of CloudWatch's; money has none. */
  readonly unit: 'Count' | 'Seconds' | 'None';
  /** The dimension beside `service` and `stage`. */
  readonly dimension?: 'state' | 'kind';
  readonly meaning: string;
}

export const metricDefinitions = {
  RunMoved: { unit: 'Count', dimension: 'state', meaning: 'A run moved to this state.' },
  StageSeconds: {
    unit: 'Seconds',
    dimension: 'state',
    meaning: 'How long a run was in the state that it has just left.',
  },
  RunStalled: { unit: 'Count', meaning: 'The reconciler gave a run up: its stage answers for nothing.' },
  RunNudged: { unit: 'Count', meaning: 'The reconciler asked about a run that was silent too long.' },
  LateNews: { unit: 'Count', meaning: 'An event came for a run that had moved on; it was kept as evidence.' },
  EventSkipped: { unit: 'Count', meaning: 'An event was delivered again, or too late, and its step did not run.' },
  EventsUnsent: { unit: 'Count', meaning: 'Events that the bus did not take; they wait on their run.' },
  ReportRefused: { unit: 'Count', meaning: 'A message of a device was no report.' },
  StepFailed: { unit: 'Count', meaning: 'A function threw; Lambda tries again, then keeps a dead letter.' },
  ReconcilerAlive: { unit: 'Count', meaning: 'A schedule of the reconciler ran to its end. Due every minute.' },
  JobCost: {
    unit: 'None',
    dimension: 'kind',
    meaning: 'US dollars that a job cost, by the kind of job: training or conversion.',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metricDefinitions;

/** Metrics that have no dimension of their own. */
export type PlainMetric = {
  [Name in MetricName]: (typeof metricDefinitions)[Name] extends { dimension: string } ? never : Name;
}[MetricName];
export type DimensionedMetric = Exclude<MetricName, PlainMetric>;
