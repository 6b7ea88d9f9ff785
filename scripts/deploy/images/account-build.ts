/** Builds and pushes in the account, with CodeBuild, so that this machine needs no container engine. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../account.ts';
import { DeployError } from '../deploy-error.ts';
import { writeZip } from '../zip-function.ts';
import type { Order } from './build-images.ts';
import type { Build, Builds } from './builds.ts';

export const buildspec = 'infrastructure/buildspec.yml';

export interface AccountBuildPorts {
  readonly account: Pick<Account, 'putObject'>;
  readonly builds: Builds;
  say(line: string): void;
  /** Seconds between two looks at the build; CodeBuild tells a terminal nothing by itself. */
  readonly lookSeconds?: number;
}

/** @throws DeployError STACK_OUTDATED, BUILD_REFUSED or BUILD_FAILED */
export async function buildInAccount(
  root: string,
  orders: readonly Order[],
  { BucketName: bucket, ImageBuildName: project }: Readonly<Record<string, string>>,
  { account, builds, say, lookSeconds = 5 }: AccountBuildPorts,
): Promise<void> {
  if (!bucket || !project) {
    const message = 'The stack has no outputs BucketName and ImageBuildName.';
    throw new DeployError('STACK_OUTDATED', message, 'Deploy this checkout, then run this again.');
  }
  const source = await zipSources(root, [...new Set([buildspec, ...orders.flatMap(({ files }) => files)])]);
  const key = `builds/${createHash('sha256').update(source).digest('hex').slice(0, 32)}.zip`;
  await account.putObject(bucket, key, source, 'application/zip');
  say(`Uploaded the sources to s3://${bucket}/${key} (${Math.ceil(source.length / 1000)} kB).`);
  const id = await builds.start(project, `${bucket}/${key}`, { IMAGES: orders.map(asText).join(' ') });
  say(`Started build ${id}. Interrupting this leaves it running.`);
  const end = await follow(id, builds, say, lookSeconds);
  if (end.status === 'SUCCEEDED') return;
  throw new DeployError(
    'BUILD_FAILED',
    [`Build ${id} ended as ${end.status}.`, ...end.reasons].join(' '),
    `Its log says more: ${end.log ?? `aws codebuild batch-get-builds --ids ${id}`}`,
  );
}

/** The same bytes for the same sources. */
async function zipSources(root: string, files: readonly string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'dropforge-sources-'));
  try {
    const entries = files.map(async (path) => ({ path, content: await readFile(join(root, path)) }));
    await writeZip(join(folder, 'sources.zip'), await Promise.all(entries));
    return await readFile(join(folder, 'sources.zip'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As the buildspec takes it apart. */
function asText({ dockerfile, device, uri }: Order): string {
  return [dockerfile, device ?? '', uri].join(',');
}

async function follow(id: string, builds: Builds, say: (line: string) => void, lookSeconds: number): Promise<Build> {
  let phase = '';
  let build = await builds.look(id);
  while (build.status === 'IN_PROGRESS') {
    if (build.phase !== phase) say(`  ${build.phase.toLowerCase().replaceAll('_', ' ')}`);
    phase = build.phase;
    await delay(lookSeconds * 1000);
    build = await builds.look(id);
  }
  return build;
}
