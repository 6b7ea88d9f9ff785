import {
  type AnyEvent,
  configRendered,
  conversionCompleted,
  conversionStarted,
  datasetValidated,
  modelValidated,
  trainingCompleted,
  trainingFailed,
  trainingStarted,
} from '@dropforge/events';

/** The events that take the example run from its reception to a running training job. */
export const toTraining = (): AnyEvent[] => [
  datasetValidated.of(datasetValidated.example),
  configRendered.of({ ...configRendered.example, targets: ['x86_64'], instanceTypes: ['ml.g5.xlarge'] }),
  trainingStarted.of(trainingStarted.example),
];

/** To a training job that has failed. */
export const toFailure = (): AnyEvent[] => [
  ...toTraining(),
  trainingFailed.of({ ...trainingFailed.example, reasons: [...trainingFailed.example.reasons] }),
];

/** To a model that waits for somebody to allow its delivery. */
export const toApproval = (): AnyEvent[] => [
  ...toTraining(),
  trainingCompleted.of(trainingCompleted.example),
  conversionStarted.of(conversionStarted.example),
  conversionCompleted.of(conversionCompleted.example),
  modelValidated.of({
    ...modelValidated.example,
    targets: ['x86_64'],
    deployment: { to: 'dropforge-devices', approval: 'manual' },
  }),
];
