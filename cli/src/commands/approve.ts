import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { describeModel } from '../runs/describe-run.ts';
import { showRun } from '../runs/find-run.ts';
import { ask } from '../terminal/ask.ts';

/** `dropforge approve <run>`: shows the model and allows the delivery of exactly that one. */
export async function approve(
  context: Context,
  given: string,
  options: { yes?: boolean; digest?: string },
): Promise<void> {
  const { api } = await context.connect();
  const run = await showRun(api, given);
  const { runId, model } = run;
  if (!model) {
    throw new CliError('conflict', 'NO_MODEL_YET', `The run has no model that passed the gate; it is "${run.state}".`, {
      where: runId,
      action: `dropforge show ${runId}`,
    });
  }
  if (options.digest && !model.modelDigest.startsWith(options.digest)) {
    throw new CliError(
      'conflict',
      'MODEL_CHANGED',
      `The model is ${model.modelDigest.slice(0, 12)}…, not ${options.digest.slice(0, 12)}….`,
      {
        where: runId,
        action: `Look at it again: dropforge show ${runId}`,
      },
    );
  }
  if (!context.json) {
    context.screen.line(`Model ${model.modelId}: ${describeModel(run)}`);
    context.screen.line(`Digest ${model.modelDigest}`);
  }
  if (!options.yes && !options.digest) await confirm(context, runId);
  const approved = await api.call('approveRun', { path: { runId }, body: { modelDigest: model.modelDigest } });
  report(context, { ...approved, modelId: model.modelId, modelDigest: model.modelDigest }, () =>
    context.screen.line(`Approved. The run is ${approved.state}.`, 'good'),
  );
}

async function confirm(context: Context, runId: string): Promise<void> {
  const isAsked = context.terminal.input.isTTY && context.screen.isLive && !context.json;
  if (!isAsked) {
    throw new CliError('usage', 'CONFIRMATION_NEEDED', 'Nobody can be asked here whether devices may get this model.', {
      action: `Say it: dropforge approve ${runId} --yes, or name the model with --digest.`,
    });
  }
  const answer = await ask(context.terminal, 'Deliver it? [y/N] ', context.signal);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new CliError('refused', 'NOT_APPROVED', 'Nothing was approved.', { where: runId });
}
