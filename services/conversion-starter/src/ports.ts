import type { ProcessingJobStateChange } from '@dropforge/events';
import type { BudgetStore, JobNames } from '@dropforge/pipeline-state';
import type { PriceOf } from '@dropforge/recipe/cost';

/** What this service needs of the world, in its own words. */
export interface Ports {
  readonly names: JobNames;
  readonly now: () => Date;
  readonly budget: BudgetStore;
  /** What the conversion runs on, and for how long at most. */
  readonly instanceType: string;
  readonly priceOf: PriceOf;
  readonly jobs: {
    /** Creating the same job twice is one job. */
    start(request: ConversionRequest): Promise<StartResult>;
    /** Stopping a job that is not running is fine. */
    stop(jobName: string): Promise<void>;
    /** What is known of a job; undefined: there is none. */
    describe(jobName: string): Promise<JobDescription | undefined>;
  };
  /** A file of the bucket; undefined: there is none. */
  readonly readFile: (key: string) => Promise<Uint8Array | undefined>;
}

export interface JobDescription {
  /** What SageMaker's event would say. */
  readonly detail: ProcessingJobStateChange;
  /** What the job said at its end, at most 1 KB; it is not part of SageMaker's event. */
  readonly exitMessage?: string | undefined;
}

export interface ConversionRequest {
  readonly jobName: string;
  readonly runId: string;
  readonly project: string;
  readonly attempt: number;
  readonly modelKey: string;
  readonly configPrefix: string;
  readonly artifactPrefix: string;
  readonly verificationPrefix: string;
}

export type StartResult =
  | { readonly kind: 'started' }
  /** It was started before, and has ended. */
  | { readonly kind: 'ended'; readonly detail: ProcessingJobStateChange }
  /** AWS does not take the job now; `code` is AWS's word. */
  | { readonly kind: 'refused'; readonly code: 'RESOURCE_LIMIT' | 'THROTTLING'; readonly message: string }
  /** Somebody else has a job of this name. */
  | { readonly kind: 'taken' };
