/**
 * What SageMaker scrapes from the trainer's progress lines, so that DescribeTrainingJob tells how far it is. Numbers only:
 * a loss or an accuracy that is still `nan` is no metric. Not anchored, since nothing says where a line begins.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export const metricDefinitions: { Name: string; Regex: string }[] = [
  ['step', 'step'],
  ['steps', 'of'],
  ['epoch', 'epoch'],
  ['loss', 'loss'],
  ['accuracy', 'accuracy'],
  ['eta_seconds', 'eta_seconds'],
].map(([Name = '', field]) => ({ Name, Regex: `progress .*?\\b${field}=([0-9.eE+-]+)` }));
