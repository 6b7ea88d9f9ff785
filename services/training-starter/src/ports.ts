/** What this service needs of the world, in its own words. */
export interface Ports {
  readonly slots: {
    claim(runId: string): Promise<boolean>;
    release(runId: string): Promise<void>;
    readonly limit: number;
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
  readonly spot: boolean;
  readonly maximumSeconds: number;
}

export type StartResult =
  | { readonly kind: 'started'; readonly instanceType: string }
  /** AWS does not take the job now; `code` is AWS's word. */
  | {
      readonly kind: 'refused';
      readonly code: 'RESOURCE_LIMIT' | 'CAPACITY_ERROR' | 'THROTTLING';
      readonly message: string;
    }
  /** The request itself is at fault, and would be so again. */
  | { readonly kind: 'unfit'; readonly message: string };
