/** What of the Create requests is used here, with SageMaker's own limits. Everything else is kept and given back. */
import { normalize } from 'node:path';
import { z } from 'zod';
import { AwsError } from '../aws-endpoint/aws-error.ts';

export const JobName = z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);

const S3Uri = z.string().regex(/^s3:\/\/[^/]+\/.*$/s);
/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const Tags = z
  .array(z.object({ Key: z.string().min(1).max(128).regex(tagText), Value: z.string().max(256).regex(tagText) }))
  .max(50);
const Environment = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,511}$/), z.string().max(512)).optional();
const StoppingCondition = z.looseObject({
  MaxRuntimeInSeconds: z.int().min(1).max(2_419_200).optional(),
  MaxWaitTimeInSeconds: z.int().min(1).optional(),
});
const Instances = {
  InstanceType: z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/),
  InstanceCount: z.int().min(1),
  VolumeSizeInGB: z.int().min(1),
};

const MetricDefinition = z.object({
  Name: z.string().min(1).max(255),
  Regex: z.string().max(500).refine(isPattern, 'Member must be a regular expression'),
});
export type MetricDefinition = z.output<typeof MetricDefinition>;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html */
export const TrainingRequest = z
  .looseObject({
    TrainingJobName: JobName,
    RoleArn: z.string().min(1),
    AlgorithmSpecification: z.looseObject({
      TrainingImage: z.string().min(1).max(255),
      MetricDefinitions: z.array(MetricDefinition).max(40).optional(),
    }),
    InputDataConfig: z
      .array(
        z.looseObject({
          // A folder's name; the pattern is SageMaker's, the dots are ours to refuse.
          ChannelName: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9.\-_]{1,64}$/),
          DataSource: z.looseObject({ S3DataSource: z.looseObject({ S3Uri }) }),
        }),
      )
      .max(20)
      .optional(),
    OutputDataConfig: z.looseObject({ S3OutputPath: S3Uri }),
    ResourceConfig: z.looseObject(Instances),
    EnableManagedSpotTraining: z.boolean().optional(),
    RetryStrategy: z.object({ MaximumRetryAttempts: z.int().min(1).max(30) }).optional(),
    CheckpointConfig: z.looseObject({ S3Uri }).optional(),
    StoppingCondition,
    HyperParameters: z.record(z.string().max(256), z.string().max(2_500)).optional(),
    Environment,
    Tags: Tags.optional(),
  })
  .superRefine(checkWaitTime);

/** Only folders below this are shared with a processing container. */
const processingRoot = '/opt/ml/processing/';
const LocalPath = z
  .string()
  .max(256)
  .refine(
    (path) => !path.includes('\0') && normalize(path).startsWith(processingRoot),
    `LocalPath must begin with ${processingRoot}`,
  );

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html */
export const ProcessingRequest = z.looseObject({
  ProcessingJobName: JobName,
  RoleArn: z.string().min(1),
  AppSpecification: z.looseObject({ ImageUri: z.string().min(1).max(255) }),
  ProcessingInputs: z
    .array(z.looseObject({ InputName: z.string(), S3Input: z.looseObject({ S3Uri, LocalPath }) }))
    .max(10)
    .optional(),
  ProcessingOutputConfig: z
    .looseObject({
      Outputs: z
        .array(z.looseObject({ OutputName: z.string(), S3Output: z.looseObject({ S3Uri, LocalPath }) }))
        .max(10),
    })
    .optional(),
  ProcessingResources: z.looseObject({ ClusterConfig: z.looseObject(Instances) }),
  StoppingCondition: StoppingCondition.optional(),
  Environment,
  Tags: Tags.optional(),
});

/**
 * A spot job says how long it may wait and run together; any other job does not wait.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
 */
function checkWaitTime(
  request: { EnableManagedSpotTraining?: boolean | undefined; StoppingCondition: z.output<typeof StoppingCondition> },
  context: z.RefinementCtx,
): void {
  const { MaxWaitTimeInSeconds: wait, MaxRuntimeInSeconds: runtime = 86_400 } = request.StoppingCondition;
  const spot = request.EnableManagedSpotTraining === true;
  const message = spot
    ? 'MaxWaitTimeInSeconds must be present and be greater than or equal to MaxRuntimeInSeconds'
    : 'MaxWaitTimeInSeconds is for managed spot training alone';
  if (spot ? (wait ?? 0) < runtime : wait !== undefined)
    context.addIssue({ code: 'custom', path: ['StoppingCondition'], message });
}

/** @throws AwsError ValidationException that names every fault. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  const count = faults.length === 1 ? '1 validation error' : `${faults.length} validation errors`;
  throw new AwsError(400, 'ValidationException', `${count} detected: ${faults.join('; ')}`);
}

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
