/** What of the Create requests is used here, with SageMaker's own limits. Everything else is kept and given back. */
import { normalize } from 'node:path';
import { z } from 'zod';
import { AwsError } from '../aws-endpoint/aws-error.ts';

export const JobName = z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);

const S3Uri = z.string().regex(/^s3:\/\/[^/]+\/.*$/s);
const Tags = z.array(z.object({ Key: z.string(), Value: z.string() })).max(50);
const Environment = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,511}$/), z.string().max(512)).optional();
const StoppingCondition = z.looseObject({ MaxRuntimeInSeconds: z.int().min(1).max(2_419_200).optional() });

const MetricDefinition = z.object({
  Name: z.string().min(1).max(255),
  Regex: z.string().max(500).refine(isPattern, 'Member must be a regular expression'),
});
export type MetricDefinition = z.output<typeof MetricDefinition>;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html */
export const TrainingRequest = z.looseObject({
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
  ResourceConfig: z.looseObject({}),
  CheckpointConfig: z.looseObject({ S3Uri }).optional(),
  StoppingCondition,
  HyperParameters: z.record(z.string().max(256), z.string().max(2_500)).optional(),
  Environment,
  Tags: Tags.optional(),
});

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
  ProcessingResources: z.looseObject({}),
  StoppingCondition: StoppingCondition.optional(),
  Environment,
  Tags: Tags.optional(),
});

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
