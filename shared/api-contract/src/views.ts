import { JobCost, Reason, Target } from '@dropforge/events';
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

/** One line of a run's timeline. */
export const TimelineEntry = z.object({
  at: z.string(),
  event: z.string(),
  attempt: z.int(),
  from: z.string(),
  /** Where the run went; absent: it changed nothing. */
  to: z.string().optional(),
  /** What changed nothing was a nudge of the reconciler, or a step that failed; absent: news that came late. */
  kind: z.enum(['nudge', 'failure']).optional(),
  /** Codes of the event's reasons. */
  codes: z.array(z.string()).optional(),
  note: z.string().optional(),
  /** Who asked for it. */
  by: z.string().optional(),
  /** What was being handled: an event, a request, a report. */
  cause: z.object({ id: z.string(), type: z.string() }).optional(),
  /** How many entries it stands for, and until when. */
  count: z.int().optional(),
  until: z.string().optional(),
});
export type TimelineEntry = z.output<typeof TimelineEntry>;

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
  /** US dollars at prices on demand; an amount is absent where a price is not known. */
  cost: z
    .object({
      /** Of one training job, and what none can cost more than. */
      estimatedUsd: z.number().optional(),
      maximumUsd: z.number().optional(),
      /** Of all jobs that have ended. */
      spentUsd: z.number().optional(),
      savedUsd: z.number().optional(),
      jobs: z.array(JobCost.extend({ jobName: z.string() })),
    })
    .optional(),
  /** The timeline, oldest first. Detail of old attempts is folded: then an entry says how many it stands for. */
  history: z.array(TimelineEntry),
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

/** A webhook as lists show it; its secret is shown when it is made, and never again. */
export const WebhookView = z.object({
  webhookId: z.string(),
  url: z.string(),
  /** null: every event. */
  events: z.array(z.string()).nullable(),
  /** null: of every project. */
  project: z.string().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** Off: nothing is sent any more, for `offReason`. */
  status: z.enum(['on', 'off']),
  offReason: z.string().nullable(),
  /** Since when no delivery went well, and what the last one came to; null: the last one went well. */
  failing: z.object({ since: z.iso.datetime(), reason: z.string() }).nullable(),
});
export type WebhookView = z.output<typeof WebhookView>;

export const NewWebhook = WebhookView.extend({
  /** `whsec_` and base64: what deliveries are signed with, by the Standard Webhooks specification. */
  secret: z.string(),
});

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
