/** The playbook of edge/provisioning: ansible-lint's opinion, and what it does to a plain folder that stands for a device. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { PlainDevice, provisioning, type Run, thing } from '../../../edge/provisioning/testing/playbook.ts';
import type { Result } from '../checks.ts';
import { virtualEnvironment } from '../virtual-environment.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Each check on a device of its own, but for those that need one that was set up. */
export async function checkProvisioning(root: string): Promise<Result[]> {
  const environment = virtualEnvironment(join(root, '.dropforge/provisioning-venv'), requirements);
  if (environment.bin === undefined) return [{ name: 'the playbook', outcome: 'skipped', detail: environment.reason }];
  const program = join(environment.bin, 'ansible-playbook');
  return [lint(environment.bin), ...checkDevice(program), ...refusals.map((refusal) => checkRefusal(program, refusal))];
}

function lint(bin: string): Result {
  const args = ['--offline', '--profile', 'production', 'site.yml'];
  const { status, stdout, stderr } = spawnSync(join(bin, 'ansible-lint'), args, {
    cwd: provisioning,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1' },
  });
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return {
    name: 'ansible-lint',
    outcome: status === 0 ? 'passed' : 'failed',
    detail: status === 0 ? last : `${stdout}${stderr}`,
  };
}

function checkDevice(program: string): Result[] {
  const device = new PlainDevice(program);
  try {
    const first = device.run();
    const again = device.run();
    sign(device, join(device.root, 'var/lib/greengrass/credentials/device.key'));
    const certified = device.run({}, 'greengrass');
    makeKey(join(device.folder, 'other.key'));
    sign(device, join(device.folder, 'other.key'));
    return [
      verdict(
        'a device without a certificate',
        first,
        first.status === 0 && first.text.includes('GREENGRASS_WITHOUT_CERTIFICATE'),
      ),
      verdict('a second run changes nothing', again, again.status === 0 && again.changed === 0),
      verdict(
        'a device with its certificate',
        certified,
        certified.status === 0 && existsSync(join(device.root, 'var/lib/greengrass/credentials/device.pem')),
      ),
      checkFiles(device),
      refused('a certificate for another key', device.run({}, 'greengrass'), 'GREENGRASS_CERTIFICATE'),
      checkVariant(
        device,
        'classic',
        { greengrass_nucleus: 'classic', greengrass_identity: 'csr' },
        'aws.greengrass.Nucleus',
      ),
      checkClaim(device),
    ];
  } finally {
    device.remove();
  }
}

/** The files that matter most, read as their readers read them. */
function checkFiles(device: PlainDevice): Result {
  const read = (path: string) => readFileSync(join(device.root, path), 'utf8');
  const { system } = parse(read('etc/greengrass/config.yaml'));
  const sshd = read('etc/ssh/sshd_config.d/10-dropforge.conf');
  const claims: readonly [string, boolean][] = [
    ['the nucleus has the thing name', system.thingName === thing],
    ['SSH takes no passwords', /^PasswordAuthentication no$/m.test(sshd) && /^PermitRootLogin no$/m.test(sshd)],
    ['SSH reads the settings first', read('etc/ssh/sshd_config').startsWith('Include /etc/ssh/sshd_config.d/*.conf')],
    [
      'the firewall drops',
      /policy drop/.test(read('etc/nftables.conf')) && !/^\s*tcp dport (?!22)/m.test(read('etc/nftables.conf')),
    ],
    [
      'the engine is not for everybody',
      /GROUP="dropforge", MODE="0660"/.test(read('etc/udev/rules.d/70-dropforge.rules')),
    ],
    ['the driver knows its device', /of_id=generic-uio/.test(read('etc/modprobe.d/dropforge.conf'))],
    ['updates are of security', /label=Debian-Security/.test(read('etc/apt/apt.conf.d/52dropforge-upgrades'))],
  ];
  const wrong = claims.filter(([, holds]) => !holds).map(([claim]) => claim);
  return {
    name: 'what is written',
    outcome: wrong.length === 0 ? 'passed' : 'failed',
    detail: wrong.length === 0 ? `${claims.length} claims hold` : `not so: ${wrong.join('; ')}`,
  };
}

function checkVariant(device: PlainDevice, name: string, variables: Record<string, unknown>, service: string): Result {
  const credentials = '/var/lib/greengrass/credentials';
  sign(device, join(device.root, credentials, 'device.key'));
  const run = device.run({ ...variables, greengrass_credentials: credentials }, 'greengrass');
  const { services } = parse(readFileSync(join(device.root, 'etc/greengrass/config.yaml'), 'utf8'));
  return verdict(`the nucleus ${name}`, run, run.status === 0 && service in services);
}

function checkClaim(device: PlainDevice): Result {
  for (const name of ['claim.pem.crt', 'claim.pem.key']) writeFileSync(join(device.certificates, name), name);
  const run = device.run({ greengrass_identity: 'claim', greengrass_claim_template: 'boards' }, 'greengrass');
  const { system, services } = parse(readFileSync(join(device.root, 'etc/greengrass/config.yaml'), 'utf8'));
  const claim = services['aws.greengrass.fleet_provisioning']?.configuration;
  return verdict('a claim', run, run.status === 0 && system.thingName === '' && claim?.templateName === 'boards');
}

/** What stops before anything is written. */
const refusals = [
  { code: 'DEVICE_IS_THIS_COMPUTER', changes: { device_root: '' } },
  { code: 'ACCESS_WITHOUT_KEYS', changes: { access_public_keys: [] } },
  { code: 'GREENGRASS_PACKAGE', changes: { greengrass_package_sha256: '0'.repeat(64) } },
  { code: 'GREENGRASS_INCOMPLETE', changes: { greengrass_thing_name: 'greenhouse' } },
] as const;

function checkRefusal(program: string, { code, changes }: (typeof refusals)[number]): Result {
  const device = new PlainDevice(program);
  try {
    // A tag that no part has: should a check fail to stop, nothing follows it, this computer being among what is not to change.
    const run = device.run(changes, 'checks');
    const untouched = run.changed === 0 && readdirSync(device.root).length === 0;
    return untouched ? refused(code, run, code) : verdict(code, run, false);
  } finally {
    device.remove();
  }
}

function refused(name: string, run: Run, code: string): Result {
  return verdict(name, run, run.status !== 0 && run.text.includes(code));
}

function verdict(name: string, { text, changed }: Run, holds: boolean): Result {
  return {
    name,
    outcome: holds ? 'passed' : 'failed',
    detail: holds ? `${changed} tasks changed something` : text.slice(-2_000),
  };
}

function makeKey(path: string): void {
  openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', path]);
}

/** What AWS does with the request, by a certificate that signs itself. */
function sign(device: PlainDevice, key: string): void {
  const out = join(device.certificates, `${thing}.pem.crt`);
  openssl(['req', '-x509', '-key', key, '-subj', `/CN=${thing}`, '-days', '1', '-out', out]);
}

function openssl(args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr}`);
}
