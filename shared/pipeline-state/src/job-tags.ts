/** Whose a SageMaker job is. */
export interface JobOwner {
  readonly runId: string;
  readonly project: string;
  readonly stage: string;
  readonly attempt: number;
}

export interface JobTag {
  readonly Key: string;
  readonly Value: string;
}

/** Tags of a job: for cost reports, and to know our own job again when its name is taken. */
export function jobTags({ runId, project, stage, attempt }: JobOwner): JobTag[] {
  return [
    { Key: 'dropforge:run-id', Value: runId },
    { Key: 'dropforge:project', Value: tagValue(project) },
    { Key: 'dropforge:stage', Value: stage },
    { Key: 'dropforge:attempt', Value: String(attempt) },
  ];
}

/** True when the tags of a job that exists are those that we would have given it. */
export function isJobOf(owner: JobOwner, tags: readonly { Key?: string | undefined; Value?: string | undefined }[]) {
  return jobTags(owner).every(({ Key, Value }) => tags.some((tag) => tag.Key === Key && tag.Value === Value));
}

/** AWS takes letters, digits, spaces and `_.:/=+-@`, at most 256. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256);
}
