import type { TrainingJobStateChange } from '@dropforge/events';
import type { BudgetStore, JobNames, SlotLedger } from '@dropforge/pipeline-state';

/** What this service needs of the world, in its own words. */
export interface Ports {
  readonly names: JobNames;
  readonly now: () => Date;
  readonly slots: SlotLedger & {
    /** Instances that a quota allows at once. */
    limitOf(quota: string): number;
  };
  /** Lets the first of these runs that still waits try again. */
  readonly wake: (runIds: readonly string[]) => Promise<void>;
  readonly budget: BudgetStore & {
    /** US dollars a month; undefined: no limit. */
    limitOf(project: string): number | undefined;
  };
  readonly jobs: TrainingJobs;
  /** Bytes of the model file; undefined: there is none. */
  readonly modelSize: (key: string) => Promise<number | undefined>;
}

export interface TrainingJobs {
  /** Creating the same job twice is one job. */
  start(request: TrainingRequest): Promise<StartResult>;
  /** Stopping a job that is not running is fine. */
  stop(jobName: string): Promise<void>;
  /** What SageMaker's event would say of it; undefined: there is no such job. */
  describe(jobName: string): Promise<TrainingJobStateChange | undefined>;
}

export interface TrainingRequest {
  readonly jobName: string;
  readonly runId: string;
  readonly project: string;
  readonly attempt: number;
  readonly datasetPrefix: string;
  readonly configPrefix: string;
  readonly outputPrefix: string;
  readonly checkpointPrefix: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly spot: boolean;
  readonly maximumSeconds: number;
  readonly spotWaitSeconds: number;
}

export type StartResult =
  | { readonly kind: 'started'; readonly instanceType: string; readonly spot: boolean }
  /** It was started before, and has ended. */
  | { readonly kind: 'ended'; readonly detail: TrainingJobStateChange }
  /** AWS does not take the job now. `quota`: instances that the account may have, where AWS says so. */
  | {
      readonly kind: 'refused';
      readonly code: 'RESOURCE_LIMIT' | 'THROTTLING';
      readonly message: string;
      readonly quota?: number;
    }
  /** Somebody else has a job of this name. */
  | { readonly kind: 'taken' }
  /** The request itself is at fault, and would be so again. */
  | { readonly kind: 'unfit'; readonly message: string };
