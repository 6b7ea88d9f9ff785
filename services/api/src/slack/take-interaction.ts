import { logger, Problem, type SignedRoute } from '@dropforge/handler-kit';
import { type CommitPorts, commit } from '@dropforge/pipeline-state';
import { eventOf } from '../decide.ts';
import { problem } from '../problem.ts';
import type { SlackPorts, SlackSettings } from './ports.ts';
import { type Interaction, readInteraction } from './read-interaction.ts';
import { isSignedBySlack } from './verify-signature.ts';

/**
 * Takes a click: one conditional write moves the run and queues its event, and the notifier changes the message. A
 * second click, a repeat of Slack's and a click on an old message find the run elsewhere and move nothing.
 */
export const takeInteraction: SignedRoute<SlackPorts> = async (request, ports, kit) => {
  const settings = await ports.settings();
  if (!settings || !isSignedBySlack(request, settings.signingSecret, kit.now()))
    throw problem('SIGNATURE_INVALID', 'The request is not signed by Slack, or not lately.');
  const interaction = readInteraction(request.body);
  if (!interaction) throw problem('INTERACTION_INVALID', 'This is no click on a button of Dropforge.');
  const refusal = refusalOf(interaction, settings) ?? (await decide(interaction, kit));
  // Slack shows nothing of what is answered here; a click that was taken shows itself in the message.
  if (refusal && interaction.responseUrl) await ports.reply(interaction.responseUrl, refusal);
  return { status: 200 };
};

function refusalOf({ team, user }: Interaction, settings: SlackSettings): string | undefined {
  if (team === settings.team && settings.approvers.includes(user)) return undefined;
  logger.warn('SLACK_USER_REFUSED: somebody clicked who is no approver', { team, user });
  return team === settings.team
    ? 'You are not among the people who may decide this. The list `approvers` of the Slack secret names them.'
    : 'Only people of the workspace that this app was set up for may decide this.';
}

/** Gives why nothing came of it; undefined: the run moved. */
async function decide({ team, user, button }: Interaction, kit: CommitPorts): Promise<string | undefined> {
  const { runId, ...decision } = button;
  const run = await kit.runs.read(runId);
  if (!run) return 'This run is no longer there.';
  logger.appendKeys({ runId, attempt: decision.attempt });
  try {
    const { kind, run: after } = await commit(eventOf(run, decision, `slack:${team}/${user}`), runId, kit);
    logger.info(`SLACK_CLICK_${kind.toUpperCase()}: ${decision.action}`, { user });
    if (kind === 'moved') return undefined;
    return kind === 'repeated'
      ? 'Somebody did this already.'
      : `Too late: the run is "${(after ?? run).state}" by now.`;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
