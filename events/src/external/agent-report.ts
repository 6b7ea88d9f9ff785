import { z } from 'zod';
import { Reason, RunId, Sha256, Target } from '../fields.ts';

/**
 * What the agent on a device says on the topic `dropforge/devices/<thing>/report`; an IoT rule hands it on,
 * adding the thing's name from the topic, which the device's own policy vouches for.
 */
export const agentReport = {
  topic: 'dropforge/devices/+/report',
  sql: "SELECT *, topic(3) AS thing FROM 'dropforge/devices/+/report'",
  message: z.object({
    thing: z.string().min(1).max(128),
    status: z.enum(['alive', 'installed', 'committed', 'reverted', 'failed']),
    /** `fpga`: an `armv7l` with the accelerator, which runs the builds of both. */
    architecture: Target,
    agentVersion: z.string().max(64),
    /** The model that answers now; null before the first one. */
    activeModel: z.object({ modelId: z.string().max(128), modelDigest: Sha256 }).nullable(),
    /** What this report is about, when it is about a change of model. */
    candidate: z
      .object({ modelId: z.string().max(128), modelDigest: Sha256, runId: RunId, attempt: z.int().positive() })
      .optional(),
    reason: Reason.optional(),
    /** The agent's own endpoint; programs on the device POST raw pixels to its `/predict`. */
    predictUrl: z.string().max(200).optional(),
    sentAt: z.iso.datetime(),
  }),
} as const;
export type AgentReport = z.output<typeof agentReport.message>;
