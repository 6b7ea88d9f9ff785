import { createReadStream } from 'node:fs';
import path from 'node:path';
import { type DropSource, freezeDataset, openFileSource } from '@dropforge/datasets';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import type { CheckedDrop } from './check-drop.ts';

/** Decodes every image here, exactly as the validation will, and refuses what it would refuse. */
export async function checkContents({ screen }: Context, checked: CheckedDrop): Promise<void> {
  const total = checked.kind === 'folder' ? ` of ${checked.survey.files.length}` : '';
  const frozen = await freezeDataset(await sourceOf(checked), nowhere, {
    onFile: (seen) => {
      if (seen % 100 === 0) screen.status(`Checking  ${seen}${total} files`);
    },
  });
  screen.status('');
  const { findings } = frozen.report;
  for (const { severity, message, action } of findings) {
    if (severity === 'warning' && frozen.outcome === 'accepted') screen.note(`note: ${message} ${action}`);
  }
  if (frozen.outcome === 'accepted') return;
  const errors = findings.filter(({ severity }) => severity === 'error');
  throw new CliError('refused', 'DROP_UNFIT', 'The dataset would be rejected; nothing was sent.', {
    where: checked.path,
    reasons: errors.map(({ code, message, action, examples }) => ({
      code,
      message,
      action,
      where: examples[0]?.where,
    })),
  });
}

async function sourceOf(checked: CheckedDrop): Promise<DropSource> {
  if (checked.kind === 'archive') return { archive: await openFileSource(checked.path) };
  const { files } = checked.survey;
  const list = async function* () {
    for (const { name, bytes, path: file } of files)
      yield { path: name, size: bytes, open: async () => createReadStream(file) };
  };
  return { files: { name: path.basename(checked.path), list } };
}

/** Only the verdict counts: the dataset version is written in the cloud. */
const nowhere = { find: async () => undefined, write: async () => {} };
