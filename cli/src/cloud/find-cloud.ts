import { S3Client } from '@aws-sdk/client-s3';
import { CliError } from '../cli-error.ts';
import type { Cloud } from './cloud.ts';
import { findEmbeddedCloud, isLoopback } from './embedded-cloud.ts';
import { readStage, type Stage } from './stage-file.ts';

export interface CloudChoice {
  readonly api?: string | undefined;
  readonly stage?: string | undefined;
  /** Sign requests with AWS credentials. */
  readonly iam?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The cloud that is asked for: `--api`, `--stage`, the environment, else the embedded one. */
export async function findCloud(choice: CloudChoice, environment: Environment, directory: string): Promise<Cloud> {
  const stage = choice.stage ?? environment.DROPFORGE_STAGE;
  const api = choice.api ?? (choice.stage ? undefined : environment.DROPFORGE_API_URL);
  const token = environment.DROPFORGE_TOKEN;
  const auth = choice.iam ? 'iam' : token ? 'bearer' : 'none';
  if (stage && !choice.api) {
    const stored = await readStageOrEnvironment(stage, environment);
    return { ...awsCloud(`stage ${stage}`, stored, choice, token), stage };
  }
  if (!api) return findEmbeddedCloud(directory, token);
  const region =
    environment.DROPFORGE_REGION ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1';
  return awsCloud(api, { api, bucket: environment.DROPFORGE_BUCKET, region, auth }, choice, token);
}

/** Scripts may have no file in a home directory: address and bucket together name a stage as well. */
async function readStageOrEnvironment(stage: string, environment: Environment): Promise<Stage | LooseStage> {
  const { DROPFORGE_API_URL: api, DROPFORGE_BUCKET: bucket, AWS_REGION: region } = environment;
  if (!api || !bucket || !region) return readStage(stage, environment);
  return { api, bucket, region, auth: 'iam' };
}

type LooseStage = Omit<Stage, 'bucket'> & { readonly bucket: string | undefined };

function awsCloud(name: string, stage: LooseStage, { iam }: CloudChoice, token: string | undefined): Cloud {
  if (!URL.canParse(stage.api) || !/^https?:$/.test(new URL(stage.api).protocol))
    throw new CliError('usage', 'API_URL_INVALID', `"${stage.api}" is not an address.`, {
      action: 'Give an http(s) URL.',
    });
  const auth = iam ? 'iam' : stage.auth;
  refuseOpenSecrets(new URL(stage.api), auth);
  const { region } = stage;
  const s3 = () => new S3Client({ region });
  const bucket = async () => {
    if (stage.bucket) return stage.bucket;
    throw new CliError('usage', 'BUCKET_UNKNOWN', `The bucket of ${name} is not known.`, {
      action: 'Set DROPFORGE_BUCKET, or use --stage after "dropforge connect".',
    });
  };
  return { name, apiUrl: stage.api, region, auth, token, s3, bucket, stage: undefined, aws: { region } };
}

/** A token on an open line belongs to everybody who listens. */
function refuseOpenSecrets(url: URL, auth: Cloud['auth']): void {
  if (auth === 'none' || url.protocol === 'https:' || isLoopback(url)) return;
  throw new CliError('refused', 'CONNECTION_NOT_SECURE', 'Credentials are not sent over plain http.', {
    where: url.origin,
    action: 'Use the https address of the API.',
  });
}
