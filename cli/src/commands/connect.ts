import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { connectApi } from '../cloud/connect.ts';
import { findCloud } from '../cloud/find-cloud.ts';
import { Stage, stageFile, writeStage } from '../cloud/stage-file.ts';
import { type Context, report } from '../context.ts';

export interface ConnectOptions {
  readonly api?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly iam?: boolean;
  /** False: the stage is written down without asking it. */
  readonly check: boolean;
}

/** `dropforge connect <stage>`: remembers where a stage on AWS is, after it has answered. */
export async function connect(context: Context, stage: string, options: ConnectOptions): Promise<void> {
  const { environment, directory, signal } = context;
  stageFile(stage, environment); // a bad name is refused first
  const auth = options.iam ? 'iam' : environment.DROPFORGE_TOKEN ? 'bearer' : 'none';
  const region = options.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const parsed = Stage.safeParse({ api: options.api, bucket: options.bucket, region, auth });
  if (!parsed.success) {
    throw new CliError('usage', 'STAGE_INCOMPLETE', 'The stage is not described well enough.', {
      action: `dropforge connect ${stage} --api URL --bucket NAME --region REGION [--iam]`,
      reasons: parsed.error.issues.map((issue) => ({
        code: 'FIELD_INVALID',
        where: `--${issue.path.join('.')}`,
        message: missing(issue),
      })),
    });
  }
  const cloud: Cloud = {
    ...(await findCloud({ api: parsed.data.api, iam: options.iam }, environment, directory)),
    region: parsed.data.region,
  };
  if (options.check) await connectApi(cloud, signal).call('health', {});
  const file = await writeStage(stage, parsed.data, environment);
  report(context, { stage, file, ...parsed.data }, () => {
    context.screen.line(`The stage ${stage} is known now: ${file}`);
    context.screen.line(`  dropforge runs --stage ${stage}`);
  });
}

function missing({ message, input }: z.core.$ZodIssue): string {
  return input === undefined ? 'It is missing.' : message;
}
