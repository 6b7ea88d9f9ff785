import { z } from 'zod';

/** `Tags` is a map in events and a list in the API; both are taken. */
const Tags = z
  .union([z.record(z.string(), z.string()), z.array(z.object({ Key: z.string(), Value: z.string() }))])
  .transform((tags) => (Array.isArray(tags) ? Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])) : tags));

/** Times arrive as a string or a number of milliseconds, or as ISO 8601. */
const Time = z.union([z.number(), z.string()]).transform((time, context) => {
  const milliseconds = typeof time === 'number' ? time : /^\d+$/.test(time) ? Number(time) : Date.parse(time);
  if (Number.isFinite(milliseconds)) return milliseconds;
  context.addIssue({ code: 'custom', message: `not a time: ${time}` });
  return z.NEVER;
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
  }),
} as const;
export type ProcessingJobStateChange = z.output<typeof processingJobStateChange.detail>;
