import { Reason, Target } from '@dropforge/events';
import { type State, states } from '@dropforge/pipeline-state/flow';
import { z } from 'zod';

const StateName = z.enum(Object.keys(states) as [State, ...State[]]); // Object.keys forgets the names that `states` has

/** How far the training job is, as SageMaker scraped it from the trainer's last progress line. */
export const Progress = z.object({
  step: z.number(),
  steps: z.number(),
  epoch: z.number().optional(),
  loss: z.number().optional(),
  /** On held-out images, 0 to 1. */
  accuracy: z.number().optional(),
  secondsLeft: z.number().optional(),
});
export type Progress = z.output<typeof Progress>;

/** A run in a list. */
export const RunSummary = z.object({
  runId: z.string(),
  project: z.string(),
  state: StateName,
  /** True when nothing happens any more unless a person asks for it. */
  ended: z.boolean(),
  attempt: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type RunSummary = z.output<typeof RunSummary>;

/** A run with all that is known of it. */
export const RunView = RunSummary.extend({
  /** Why the run is where it is; empty when all is well. */
  reasons: z.array(Reason),
  drop: z.string().optional(),
  dataset: z
    .object({
      digest: z.string(),
      classes: z.int(),
      trainImages: z.int(),
      validationImages: z.int(),
      excludedImages: z.int(),
    })
    .optional(),
  progress: Progress.optional(),
  model: z
    .object({
      modelId: z.string(),
      modelDigest: z.string(),
      accuracy: z.number(),
      targets: z.array(Target),
      /** Who lets it go to devices; null: nobody, it stays in the bucket. */ approval: z
        .enum(['auto', 'manual'])
        .nullable(),
    })
    .optional(),
  deployment: z.object({ to: z.string(), devices: z.array(z.string()), deploymentId: z.string() }).optional(),
  history: z.array(
    z.object({ at: z.string(), event: z.string(), attempt: z.int(), from: z.string(), to: z.string().optional() }),
  ),
});
export type RunView = z.output<typeof RunView>;

export const FileLink = z.object({ name: z.string(), bytes: z.int(), url: z.url() });
export type FileLink = z.output<typeof FileLink>;

export const ModelView = z.object({
  modelId: z.string(),
  modelDigest: z.string(),
  runId: z.string(),
  createdAt: z.string(),
  classes: z.array(z.string()),
  input: z.object({ height: z.int(), width: z.int(), channels: z.int() }),
});
export type ModelView = z.output<typeof ModelView>;

export const DeviceView = z.object({
  thing: z.string(),
  architecture: z.string().nullable(),
  /** What its agent said last; `unknown` when it never spoke. */
  status: z.string(),
  lastSeenAt: z.string().nullable(),
  activeModel: z.object({ modelId: z.string(), modelDigest: z.string() }).nullable(),
  /** The agent's own endpoint, reachable only from the device: POST raw pixels to its `/predict`. */
  predictUrl: z.string().nullable(),
});
export type DeviceView = z.output<typeof DeviceView>;

/** RFC 9457. https://www.rfc-editor.org/rfc/rfc9457 */
export const ProblemDocument = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type ProblemDocument = z.output<typeof ProblemDocument>;
