import path from 'node:path';
import { runIdOfDrop } from '@dropforge/pipeline-state/flow';
import { pause } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { checkContents } from '../drop/check-contents.ts';
import { type CheckedDrop, checkDrop } from '../drop/check-drop.ts';
import { dropNames } from '../drop/drop-names.ts';
import { estimateTarBytes, packFolder } from '../drop/pack-folder.ts';
import { isThere, type UploadTarget, uploadFile, uploadStream, uploadText } from '../drop/upload.ts';
import type { WatchOptions } from '../runs/watch-run.ts';
import { progressBar } from '../terminal/progress-bar.ts';
import { formatBytes, formatCount, jsonText } from '../terminal/text.ts';
import { watchToEnd } from './watch.ts';

export interface DropOptions extends WatchOptions {
  readonly project?: string;
  readonly name?: string;
  readonly recipe?: string;
  readonly check?: boolean;
  readonly watch?: boolean;
}

/** `dropforge drop <folder|archive>`: checks it, sends it into the bucket, and names the run that this starts. */
export async function drop(context: Context, given: string, options: DropOptions): Promise<'ok' | 'refused'> {
  const { directory, screen } = context;
  const target = path.resolve(directory, given);
  const checked = await checkDrop(target, options.recipe && path.resolve(directory, options.recipe));
  tellLeftOut(context, checked);
  const names = dropNames(target, options, context.now());
  if (options.check) await checkContents(context, checked);
  const { cloud } = await context.connect();
  const bucket = await cloud.bucket();
  const folder = `drops/${names.project}/${names.drop}/`;
  const fileName = `${names.drop}${checked.kind === 'folder' ? '.tar' : checked.suffix.toLowerCase()}`;
  const at = { s3: cloud.s3(), bucket, key: `${folder}${fileName}`, signal: context.signal };
  await sendRecipe(context, { ...at, key: `${folder}recipe.yaml` }, checked.recipe);
  const version = await send(context, at, checked);
  const runId = runIdOfDrop(bucket, at.key, version);
  screen.status('Waiting for the run to appear …');
  const state = options.watch ? undefined : await waitForRun(context, runId);
  const result = { runId, bucket, key: at.key, version, ...names, ...(state && { state }) };
  if (options.watch && context.json) context.terminal.write(`${jsonText({ type: 'dropped', ...result })}\n`);
  else report(context, result, () => tell(context, runId, bucket, at.key, options.watch === true));
  return options.watch ? watchToEnd(context, runId, { ...options, isNew: true }) : 'ok';
}

function tellLeftOut({ screen }: Context, checked: CheckedDrop): void {
  if (checked.kind === 'archive' || checked.survey.leftOut.length === 0) return;
  const { leftOut } = checked.survey;
  const [first] = leftOut;
  screen.note(`note: ${formatCount(leftOut.length, 'entry', 'entries')} left out, as ${first?.name} (${first?.why}).`);
}

/** The recipe goes first, so that it is there when the archive starts the run. */
async function sendRecipe({ screen }: Context, at: UploadTarget, recipe: string | undefined): Promise<void> {
  if (recipe !== undefined) return uploadText(at, recipe);
  if (await isThere(at))
    screen.note(`note: the recipe of an earlier drop lies there and is used: s3://${at.bucket}/${at.key}`);
}

function send({ screen }: Context, at: UploadTarget, checked: CheckedDrop): Promise<string> {
  const total = checked.kind === 'folder' ? estimateTarBytes(checked.survey.files) : checked.bytes;
  const onProgress = (sent: number) =>
    screen.status(
      `Sending  ${progressBar(sent / total)}  ${formatBytes(Math.min(sent, total))} of ${formatBytes(total)}`,
    );
  onProgress(0);
  if (checked.kind === 'archive') return uploadFile(at, checked.path, total, onProgress);
  return uploadStream(at, packFolder(checked.survey.files), total, onProgress);
}

/**
 * The bucket announces the drop within seconds. The drop is safe in any case, so a run that is late, and an API that this
 * caller may not ask, are worth a note and no error.
 */
async function waitForRun(context: Context, runId: string): Promise<string | undefined> {
  const deadline = Date.now() + APPEARS_WITHIN_MILLISECONDS;
  while (Date.now() < deadline) {
    try {
      return (await (await context.connect()).api.call('showRun', { path: { runId } })).state;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.code !== 'NO_SUCH_RUN') break;
    }
    await pause(Math.min(300, context.pollMilliseconds), context.signal);
  }
  context.screen.note('note: the run has not appeared yet; it will within a minute.');
  return undefined;
}

const APPEARS_WITHIN_MILLISECONDS = 15_000;

function tell({ screen }: Context, runId: string, bucket: string, key: string, isWatched: boolean): void {
  screen.line(`Dropped s3://${bucket}/${key}`);
  screen.line(`Run ${runId}`, 'strong');
  if (isWatched) return;
  screen.line();
  screen.line(`  dropforge watch ${runId}`);
  screen.line(`  dropforge show ${runId}`);
}
