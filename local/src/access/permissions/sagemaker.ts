/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
import type { Permission } from '../policy.ts';
import { arn, type Input, list, type Place, type Rules, text } from './rule.ts';

type Kind = 'Training' | 'Processing';

function jobArn(kind: Kind, input: Input, place: Place): string {
  return arn('sagemaker', `${kind.toLowerCase()}-job/${text(input, `${kind}JobName`)}`, place);
}

const onJob = (action: string, kind: Kind) => (input: Input, place: Place) => [
  { action: `sagemaker:${action}${kind}Job`, resource: jobArn(kind, input, place) },
];

/** Two dependent actions: the role is handed on to the job, and tags are given to it. */
const createJob =
  (kind: Kind) =>
  (input: Input, place: Place): Permission[] => {
    const context = { 'iam:PassedToService': 'sagemaker.amazonaws.com' };
    const passed = { action: 'iam:PassRole', resource: text(input, 'RoleArn'), context };
    const tagged = { action: 'sagemaker:AddTags', resource: jobArn(kind, input, place) };
    return [...onJob('Create', kind)(input, place), passed, ...(list(input.Tags).length > 0 ? [tagged] : [])];
  };

const onArn = (action: string) => (input: Input) => [
  { action: `sagemaker:${action}`, resource: text(input, 'ResourceArn') },
];

export const sagemaker: Rules = {
  AddTags: onArn('AddTags'),
  CreateProcessingJob: createJob('Processing'),
  CreateTrainingJob: createJob('Training'),
  DescribeProcessingJob: onJob('Describe', 'Processing'),
  DescribeTrainingJob: onJob('Describe', 'Training'),
  ListTags: onArn('ListTags'),
  StopProcessingJob: onJob('Stop', 'Processing'),
  StopTrainingJob: onJob('Stop', 'Training'),
};
