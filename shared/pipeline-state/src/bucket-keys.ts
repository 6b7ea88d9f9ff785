/** Where things lie in the one bucket. Writing and watching never share a prefix: only `drops/` is watched. */
export const bucketKeys = {
  dataset: (digest: string) => `datasets/${digest}/`,
  manifest: (digest: string) => `datasets/${digest}/manifest.json`,
  report: (runId: string) => `runs/${runId}/report/report.json`,
  reportPage: (runId: string) => `runs/${runId}/report/report.html`,
  recipe: (runId: string) => `runs/${runId}/config/recipe.yaml`,
  configuration: (runId: string, attempt: number) => `runs/${runId}/config/t${attempt}/`,
  checkpoints: (runId: string) => `checkpoints/${runId}/`,
  /** SageMaker writes `<job name>/output/model.tar.gz` below this. */
  trainingOutput: (runId: string) => `runs/${runId}/model/`,
  model: (runId: string, jobName: string) => `runs/${runId}/model/${jobName}/output/model.tar.gz`,
  artifact: (runId: string, attempt: number) => `runs/${runId}/artifact/t${attempt}/`,
  verification: (runId: string, attempt: number) => `runs/${runId}/verification/t${attempt}/`,
  release: (modelId: string) => `models/${modelId}/`,
} as const;
