/** What this service needs of the world, in its own words. */
export interface Ports {
  readonly jobs: {
    /** Creating the same job twice is one job. */
    start(request: ConversionRequest): Promise<void>;
    /** Stopping a job that is not running is fine. */
    stop(jobName: string): Promise<void>;
    /** What the job said at its end, at most 1 KB; it is not part of SageMaker's event. */
    exitMessage(jobName: string): Promise<string | undefined>;
  };
  /** A file of the bucket; undefined: there is none. */
  readonly readFile: (key: string) => Promise<Uint8Array | undefined>;
}

export interface ConversionRequest {
  readonly jobName: string;
  readonly runId: string;
  readonly attempt: number;
  readonly modelKey: string;
  readonly configPrefix: string;
  readonly artifactPrefix: string;
  readonly verificationPrefix: string;
}
