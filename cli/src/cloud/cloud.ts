import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';

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
  /** Name of the deployment, in the names of its queues and functions; undefined: only an address is known. */
  readonly stage: string | undefined;
  /** For a client of any AWS service. */
  readonly aws: AwsSettings;
  /** Slack's API where it is not Slack's own. */
  readonly slackApiUrl?: string | undefined;
}

/** Without endpoint and credentials: AWS's own, and the SDK's chain of environment, profile, SSO and roles. */
export interface AwsSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
}
