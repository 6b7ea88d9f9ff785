import { z } from 'zod';

/** `Tags` is a map in events and a list in the API; both are taken. */
const Tags = z
  .union([z.record(z.string(), z.string()), z.array(z.object({ Key: z.string(), Value: z.string() }))])
  .transform((tags) => (Array.isArray(tags) ? Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])) : tags));

/** As milliseconds this is a day in 1973, as seconds one in 5138. */
const fewestMilliseconds = 1e11;

/** Times arrive as a string or a number of milliseconds, as seconds where the API was asked, or as ISO 8601. */
const Time = z.union([z.number(), z.string()]).transform((time, context) => {
  const number = typeof time === 'number' || /^\d+(\.\d+)?$/.test(time) ? Number(time) : undefined;
  const milliseconds = number === undefined ? Date.parse(String(time)) : inMilliseconds(number);
  if (Number.isFinite(milliseconds)) return milliseconds;
  context.addIssue({ code: 'custom', message: `not a time: ${time}` });
  return z.NEVER;
});

function inMilliseconds(number: number): number {
  return number < fewestMilliseconds ? Math.round(number * 1_000) : number;
}

/** What a job runs on, as far as it is said. */
const Instances = z.object({
  InstanceType: z.string().min(1).optional(),
  InstanceCount: z.int().positive().optional(),
});

/**
 * SageMaker "Training Job State Change": best effort, repeated, unordered. Values "may change", so status is a string.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export const trainingJobStateChange = {
  source: 'aws.sagemaker',
  detailType: 'SageMaker Training Job State Change',
  detail: z.object({
    TrainingJobName: z.string().min(1),
    TrainingJobStatus: z.string().min(1),
    SecondaryStatus: z.string().optional(),
    FailureReason: z.string().optional(),
    LastModifiedTime: Time.optional(),
    TrainingStartTime: Time.optional(),
    TrainingEndTime: Time.optional(),
    /** Of Describe; the event's sample does not have them. */
    TrainingTimeInSeconds: z.number().nonnegative().optional(),
    BillableTimeInSeconds: z.number().nonnegative().optional(),
    EnableManagedSpotTraining: z.boolean().optional(),
    ResourceConfig: Instances.optional(),
    Tags: Tags.optional(),
  }),
} as const;
export type TrainingJobStateChange = z.output<typeof trainingJobStateChange.detail>;

/** SageMaker "Processing Job State Change": best effort, repeated, unordered. Same page. */
export const processingJobStateChange = {
  source: 'aws.sagemaker',
  detailType: 'SageMaker Processing Job State Change',
  detail: z.object({
    ProcessingJobName: z.string().min(1),
    ProcessingJobStatus: z.string().min(1),
    FailureReason: z.string().optional(),
    LastModifiedTime: Time.optional(),
    ProcessingStartTime: Time.optional(),
    ProcessingEndTime: Time.optional(),
    ProcessingResources: z.object({ ClusterConfig: Instances.optional() }).optional(),
  }),
} as const;
export type ProcessingJobStateChange = z.output<typeof processingJobStateChange.detail>;
