import { RunId, Sha256 } from '@dropforge/events';
import { z } from 'zod';

/** What a click tells, as far as it counts here. Slack adds fields as it likes. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const BlockActions = z.object({
  type: z.literal('block_actions'),
  team: z.object({ id: z.string().max(50) }).nullish(), // none where a whole organisation has the app
  user: z.object({ id: z.string().max(50), team_id: z.string().max(50).optional() }),
  response_url: z.url().max(2_000).optional(),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().max(2_000).optional() }))
    .min(1)
    .max(20),
});

/**
 * What a button carries, which is what the message showed: the decision is about this attempt and this model, not about
 * whatever the run is when the click arrives. The notifier writes it.
 */
const ButtonValue = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['cancel', 'retry']), runId: RunId, attempt: z.int().positive() }),
  z.strictObject({
    action: z.enum(['approve', 'decline']),
    runId: RunId,
    attempt: z.int().positive(),
    modelDigest: Sha256,
  }),
]);

export interface Interaction {
  readonly team: string;
  readonly user: string;
  readonly responseUrl: string | undefined;
  readonly button: z.output<typeof ButtonValue>;
}

/** Reads the form's one field `payload`; undefined: no click on a button of ours. */
export function readInteraction(body: Buffer): Interaction | undefined {
  const payload = BlockActions.safeParse(parseJson(new URLSearchParams(body.toString('utf8')).get('payload'))).data;
  const ours = payload?.actions.find(({ action_id: id }) => id.startsWith('dropforge.'));
  const button = ButtonValue.safeParse(parseJson(ours?.value ?? null)).data;
  if (!payload || !button) return undefined;
  // In a shared channel the person may be of another workspace than the app's.
  const team = payload.user.team_id ?? payload.team?.id ?? '';
  return { team, user: payload.user.id, responseUrl: payload.response_url, button };
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
