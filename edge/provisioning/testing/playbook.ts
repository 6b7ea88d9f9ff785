/** Runs the playbook on a plain folder, which stands for a device: no package, account or service of this machine changes. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const provisioning = fileURLToPath(new URL('..', import.meta.url));

export const thing = 'dropforge-dev-greenhouse-1';

export interface Run {
  readonly status: number | null;
  readonly text: string;
  /** Tasks that changed something. */
  readonly changed: number;
}

/** `ansible-playbook` with the project's settings. */
export function ansiblePlaybook(program: string, args: readonly string[]): Run {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: provisioning,
    encoding: 'utf8',
    env: { ...process.env, ANSIBLE_CONFIG: join(provisioning, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1' },
  });
  const text = `${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`;
  return { status, text, changed: Number(/changed=(\d+)/.exec(text)?.[1] ?? 0) };
}

/** A device that is a folder, and the files that its owner keeps on the own computer. */
export class PlainDevice {
  readonly folder = mkdtempSync(join(tmpdir(), 'dropforge-provisioning-'));
  readonly root = join(this.folder, 'root');
  readonly certificates = join(this.folder, 'certificates');
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
    mkdirSync(this.root);
    mkdirSync(this.certificates);
    writeFileSync(join(this.folder, 'nucleus.deb'), 'a package');
    writeFileSync(join(this.folder, 'signing-keys.pem'), 'public keys\n');
  }

  /** One run of the playbook, or of the parts with a tag. `changes` replaces variables of the inventory. */
  run(changes: Readonly<Record<string, unknown>> = {}, tags = 'all'): Run {
    const user = userInfo();
    const variables = {
      ansible_connection: 'local',
      device_root: this.root,
      device_owner: user.uid,
      device_group: user.gid,
      access_public_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexample me@example.org'],
      firewall_ssh_from: ['192.0.2.0/24', '2001:db8::/32'],
      greengrass_region: 'eu-west-1',
      greengrass_role_alias: 'dropforge-dev-device',
      greengrass_data_endpoint: 'example-ats.iot.eu-west-1.amazonaws.com',
      greengrass_credentials_endpoint: 'example.credentials.iot.eu-west-1.amazonaws.com',
      greengrass_package: join(this.folder, 'nucleus.deb'),
      greengrass_package_sha256: createHash('sha256').update('a package').digest('hex'),
      greengrass_signing_keys: join(this.folder, 'signing-keys.pem'),
      greengrass_certificates: this.certificates,
      ...changes,
    };
    const inventory = join(this.folder, 'inventory.json');
    writeFileSync(inventory, JSON.stringify({ all: { children: { de10_nano: { hosts: { [thing]: variables } } } } }));
    return ansiblePlaybook(this.#program, ['-i', inventory, '--tags', tags, 'site.yml']);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
