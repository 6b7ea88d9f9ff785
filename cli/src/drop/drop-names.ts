import path from 'node:path';
import { CliError } from '../cli-error.ts';

export interface DropNames {
  readonly project: string;
  readonly drop: string;
}

const LENGTH_MAX = 100;

/** Names for `drops/<project>/<drop>/`: as asked, else after the folder or archive and the time (UTC). */
export function dropNames(target: string, asked: { project?: string; name?: string }, now: Date): DropNames {
  const base = path.basename(target).replace(/\.(zip|tar|tgz|tar\.gz)$/i, '');
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return { project: checkName(asked.project ?? base, '--project'), drop: checkName(asked.name ?? time, '--name') };
}

/** One name in a key: what every part of the flow can carry unchanged. */
function checkName(name: string, option: string): string {
  const fault =
    name.trim() === '' || name === '.' || name === '..'
      ? 'is no name'
      : /[/\\\p{Cc}]/u.test(name)
        ? 'has a slash, a backslash or a control character'
        : name.length > LENGTH_MAX
          ? `is longer than ${LENGTH_MAX} characters`
          : undefined;
  if (fault === undefined) return name;
  throw new CliError('usage', 'NAME_INVALID', `"${name.slice(0, 60)}" ${fault}.`, {
    action: `Give another name with ${option}.`,
  });
}
