/** The Dockerfiles under hadolint, which knows the mistakes that others made. https://github.com/hadolint/hadolint */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { dockerfiles } from './dockerfiles.ts';

/** One result for each of our Dockerfiles; `bin` holds the program. */
export async function lintDockerfiles(bin: string, root: string) {
  return dockerfiles.map((name) => {
    const { status, stdout, stderr, error } = spawnSync(join(bin, 'hadolint'), ['--no-color', name], {
      cwd: root,
      encoding: 'utf8',
    });
    const findings = `${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`.trim();
    return status === 0
      ? { name, outcome: 'passed' as const, detail: 'hadolint finds nothing' }
      : { name, outcome: 'failed' as const, detail: findings };
  });
}
