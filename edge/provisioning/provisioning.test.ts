import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ansiblePlaybook, provisioning } from './testing/playbook.ts';

const hasAnsible = spawnSync('ansible-playbook', ['--version']).status === 0;
if (!hasAnsible) {
  console.warn(
    'The syntax of the playbook is not checked: there is no ansible-playbook. apt-get install ansible-core.',
  );
}

const roleFiles = readdirSync(join(provisioning, 'roles'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yml'))
  .map((path) => join('roles', path));
type Task = Readonly<Record<string, unknown>> & { readonly name?: string; readonly when?: unknown };
const tasks = roleFiles
  .filter((path) => /\/(tasks|handlers)\//.test(path))
  .flatMap((path) =>
    (parse(readFileSync(join(provisioning, path), 'utf8')) as Task[]).map((task) => [path, task] as const),
  );

describe('the playbook', () => {
  it.skipIf(!hasAnsible)('is one that Ansible can read, with the example of an inventory', () => {
    const { status, text } = ansiblePlaybook('ansible-playbook', [
      '-i',
      'inventory.example.yml',
      'site.yml',
      '--syntax-check',
    ]);
    expect({ status, text }).toMatchObject({ status: 0, text: expect.stringContaining('playbook: site.yml') });
  });

  it('uses what comes with Ansible alone', () => {
    const modules = tasks.flatMap(([, task]) => Object.keys(task).filter((key) => key.includes('.')));
    expect(modules.length).toBeGreaterThan(40);
    expect(modules.filter((name) => !name.startsWith('ansible.builtin.'))).toEqual([]);
  });

  it('fetches nothing itself: what is installed comes from Debian, or from a file whose digest was written down', () => {
    const text = roleFiles.map((path) => readFileSync(join(provisioning, path), 'utf8')).join('\n');
    expect(text).not.toMatch(/get_url|ansible\.builtin\.uri|curl|wget|git:|pip:/);
  });

  it('leaves the running system alone where it sets up a folder', () => {
    const ofTheSystem = ['apt', 'user', 'group', 'service', 'unarchive'].map((name) => `ansible.builtin.${name}`);
    // Reached by a task of main.yml alone, which has the condition.
    const guarded = /greengrass\/tasks\/(lite|classic|begin-lite|begin-classic)\.yml$/;
    const bare = tasks.filter(
      ([path, task]) =>
        ofTheSystem.some((name) => name in task) &&
        !guarded.test(path) &&
        !String(task.when).includes("device_root == ''"),
    );
    expect(bare.map(([path, { name }]) => `${path}: ${name}`)).toEqual([]);
  });

  it('has no password and no secret in it', () => {
    const passwords = tasks.flatMap(([, task]) => {
      const { password } = (task['ansible.builtin.user'] ?? {}) as { password?: string };
      return password === undefined ? [] : [password];
    });
    expect(passwords.length).toBeGreaterThan(1);
    expect(new Set(passwords)).toEqual(new Set(['*', '!'])); // none, and a locked one
    expect(existsSync(join(provisioning, 'certificates'))).toBe(false);
  });
});
