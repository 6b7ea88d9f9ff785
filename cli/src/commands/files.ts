import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FileLink } from '@dropforge/api-contract';
import { downloadFile } from '../api/download.ts';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { findRunId } from '../runs/find-run.ts';
import { formatTable } from '../terminal/table.ts';
import { formatBytes, formatCount } from '../terminal/text.ts';

/** `dropforge files <run>`: lists what a run wrote, or brings it here. */
export async function files(context: Context, given: string, options: { download?: string }): Promise<void> {
  const { api } = await context.connect();
  const { files: links } = await api.call('listFiles', { path: { runId: await findRunId(api, given) } });
  if (options.download === undefined) {
    return report(context, { files: links }, () => {
      if (links.length === 0) context.screen.note('The run has written nothing yet.');
      for (const line of formatTable(links.map(({ name, bytes }) => [name, formatBytes(bytes)])))
        context.screen.line(line);
    });
  }
  const folder = path.resolve(context.directory, options.download);
  const targets = links.map((link) => ({ link, target: targetOf(folder, link) }));
  for (const [index, { link, target }] of targets.entries()) {
    context.screen.status(`${index + 1} of ${targets.length}  ${link.name}  ${formatBytes(link.bytes)}`);
    await mkdir(path.dirname(target), { recursive: true });
    await downloadFile(link, target, context.signal);
  }
  context.screen.status('');
  report(
    context,
    { files: targets.map(({ link, target }) => ({ name: link.name, bytes: link.bytes, path: target })) },
    () => context.screen.line(`${formatCount(targets.length, 'file')} in ${folder}`),
  );
}

/** Where a file goes; a name that would leave the folder is refused before anything is written. */
function targetOf(folder: string, { name }: FileLink): string {
  const target = path.resolve(folder, name);
  if (target.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)) return target;
  throw new CliError('refused', 'FILE_NAME_UNSAFE', `The name "${name}" leads out of the folder.`, { where: folder });
}
