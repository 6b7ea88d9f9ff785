import { DropRefused } from '../findings.ts';
import { caltech101 } from './caltech101.ts';
import type { DatasetFormat, FileFacts, Layout } from './format.ts';
import { otherTasks } from './other-tasks.ts';

/** Formats that can be read, the most particular first: class folders would match nearly anything. */
export const formats: readonly DatasetFormat[] = [caltech101];

/** The layout of a drop with its evidence. Throws `DropRefused` when no format fits, with the nearest reason. */
export function detectLayout(files: readonly FileFacts[], known: readonly DatasetFormat[] = formats): Layout {
  const foreign = otherTasks.detect(files);
  if (foreign !== undefined && 'refused' in foreign) throw new DropRefused('LAYOUT_UNSUPPORTED', '', foreign.refused);
  const refusals: string[] = [];
  for (const format of known) {
    const found = format.detect(files);
    if (found === undefined) continue;
    if (!('refused' in found)) return found;
    refusals.push(found.refused);
  }
  if (refusals.length > 0) throw new DropRefused('LAYOUT_UNKNOWN', '', refusals.join('; '));
  throw new DropRefused('NO_IMAGES', '', fileCounts[files.length] ?? `none of its ${files.length} files is one`);
}

const fileCounts: readonly string[] = ['it has folders but no files', 'its only file is none'];
