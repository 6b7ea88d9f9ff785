import type { BudgetedJob, JobNames, OutboxEntry } from '@dropforge/pipeline-state';

/** What this service needs of the world, in its own words. */
export interface Ports {
  /** The `detail` that SageMaker's event would have; undefined: there is no such job. */
  describeTraining(jobName: string): Promise<Record<string, unknown> | undefined>;
  describeConversion(jobName: string): Promise<Record<string, unknown> | undefined>;
  /** Says on our bus, in our own name, what an AWS service did not say. */
  say(detailType: string, detail: Record<string, unknown>): Promise<void>;
  /** Says an event of ours again, with the id that it had. */
  resay(entry: OutboxEntry): Promise<void>;
  readonly names: JobNames;
  /** Gives back every training slot that the run holds; the run that waited longest for one is told. */
  releaseSlot(runId: string): Promise<void>;
  /** Gives back what was set aside for a job that never was. */
  withdrawBudget(job: BudgetedJob): Promise<void>;
  readonly drops: {
    /** The bucket's name and everything below `drops/`. */
    readonly bucket: string;
    list(): AsyncIterable<DropObject>;
  };
}

export interface DropObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly versionId?: string;
  readonly lastModified: Date;
}
