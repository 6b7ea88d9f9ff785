/** Builds and pushes with the container engine of this machine. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeployError } from '../deploy-error.ts';
import type { Order } from './build-images.ts';
import { stageSources } from './image-sources.ts';
import type { Registry } from './registry.ts';

/** Runs a program with the terminal for its output; `input` goes to its standard input. Resolves to its exit code. */
export type Run = (program: string, programArguments: readonly string[], input?: string) => Promise<number>;

/** @throws DeployError DOCKER_MISSING, LOGIN_FAILED or BUILD_FAILED */
export async function buildWithDocker(
  root: string,
  orders: readonly Order[],
  registry: Pick<Registry, 'password'>,
  run: Run = runProgram,
): Promise<void> {
  for (const host of new Set(orders.map(({ uri }) => uri.slice(0, uri.indexOf('/'))))) {
    const login = ['login', '--username', 'AWS', '--password-stdin', host];
    if ((await run('docker', login, await registry.password())) !== 0)
      throw new DeployError(
        'LOGIN_FAILED',
        `${host} refuses the login.`,
        'Check that docker runs, and the credentials.',
      );
  }
  for (const order of orders) {
    const context = await mkdtemp(join(tmpdir(), 'dropforge-image-'));
    try {
      await stageSources(root, order.files, context);
      if ((await run('docker', buildArguments(order, context))) === 0) continue;
    } finally {
      await rm(context, { recursive: true });
    }
    throw new DeployError(
      'BUILD_FAILED',
      `The image ${order.name} could not be built.`,
      'The lines above say which step failed; correct that and run this again: what is built already stays.',
    );
  }
}

/**
 * SageMaker takes the manifest of one image in Docker's own format, no OCI index with attestations beside the image.
 * https://github.com/aws/amazon-sagemaker-feedback/issues/180
 */
function buildArguments({ dockerfile, device, uri }: Order, context: string): string[] {
  return [
    ...['buildx', 'build', '--platform', 'linux/amd64', '--provenance=false', '--sbom=false'],
    ...['--output', `type=image,name=${uri},oci-mediatypes=false,push=true`],
    ...['--file', join(context, dockerfile)],
    ...(device ? ['--build-arg', `DEVICE=${device}`] : []),
    context,
  ];
}

function runProgram(program: string, programArguments: readonly string[], input = ''): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, programArguments, { stdio: ['pipe', 'inherit', 'inherit'] });
  child.once('error', (error) => {
    const missing = 'code' in error && error.code === 'ENOENT';
    const action = 'Install Docker with buildx, or build in the account with `--with codebuild`.';
    reject(missing ? new DeployError('DOCKER_MISSING', `There is no ${program} on this machine.`, action) : error);
  });
  child.once('close', (code) => resolve(code ?? 1));
  child.stdin.on('error', () => undefined); // it ended before it read; its exit code tells
  child.stdin.end(input);
  return promise;
}
