/** Somebody's wish to be sent events. */
export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  /** Names of events; undefined: every event. */
  readonly events?: readonly string[] | undefined;
  /** undefined: of every project. */
  readonly project?: string | undefined;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Why nothing is sent any more; undefined: it is. */
  readonly offReason?: string | undefined;
  /** Since when no delivery went well, and what the last one came to; undefined: the last one went well. */
  readonly failing?: { readonly since: string; readonly reason: string } | undefined;
}

/** Every event goes to each of them. */
export const webhookMaximum = 20;

/** Whether a webhook is to hear of an event. */
export function wants(
  { events, project, offReason }: Webhook,
  event: { readonly name: string; readonly project: string },
): boolean {
  if (offReason !== undefined) return false;
  return (events?.includes(event.name) ?? true) && (project === undefined || project === event.project);
}
