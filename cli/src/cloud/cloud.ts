import type { S3Client } from '@aws-sdk/client-s3';

/** A Dropforge that can be asked: the embedded one of this machine, or a stage on AWS. */
export interface Cloud {
  /** For messages: `the embedded cloud of …`, `stage production`. */
  readonly name: string;
  readonly apiUrl: string;
  readonly region: string;
  readonly auth: 'none' | 'bearer' | 'iam';
  readonly token?: string | undefined;
  /** Made when asked for: most commands never talk to S3. */
  readonly s3: () => S3Client;
  /** Name of the one bucket. */
  readonly bucket: () => Promise<string>;
}
