/**
 * `npm run images -- --stage dev [--region R] [--with codebuild|docker]`: sees to it that the images of this checkout are in
 * the stage's registry. Two options ask AWS nothing: `--print` shows the images of this checkout, `--lock` renews the lock
 * file of the conversion image from the repository's.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createAccount } from './account.ts';
import { DeployError } from './deploy-error.ts';
import { buildInAccount } from './images/account-build.ts';
import { type BuildPorts, buildImages } from './images/build-images.ts';
import { createBuilds } from './images/builds.ts';
import { buildWithDocker } from './images/docker-build.ts';
import { imageLock } from './images/image-lock.ts';
import { type JobImage, jobImages } from './images/job-images.ts';
import { createRegistry } from './images/registry.ts';
import { readOptions } from './read-options.ts';
import { runVerb } from './run-verb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => console.log(line);

await runVerb(async () => {
  const { builder, print, lock, rest } = readOwnOptions(process.argv.slice(2));
  if (lock) return writeImageLock();
  const images = await jobImages(root);
  if (print) return printImages(images);
  const options = readOptions(root, rest, process.env);
  const account = createAccount(options.region);
  const registry = createRegistry(options.region);
  const build: BuildPorts['build'] =
    builder === 'docker'
      ? (orders) => buildWithDocker(root, orders, registry)
      : (orders, outputs) =>
          buildInAccount(root, orders, outputs, { account, builds: createBuilds(options.region), say });
  await buildImages(images, options, { account, registry, build, say });
});

/** Takes our own options out; the rest are those of every verb. */
function readOwnOptions(args: string[]): { builder: string; print: boolean; lock: boolean; rest: string[] } {
  const { values, tokens } = parseArgs({
    args,
    options: { with: { type: 'string', default: 'codebuild' }, print: { type: 'boolean' }, lock: { type: 'boolean' } },
    strict: false,
    tokens: true,
  });
  const builder = String(values.with);
  if (!['codebuild', 'docker'].includes(builder)) {
    const message = `"${builder}" builds no images.`;
    throw new DeployError(
      'ARGUMENT_UNKNOWN',
      message,
      'Use --with codebuild (in the account) or --with docker (here).',
    );
  }
  const ours = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !['with', 'print', 'lock'].includes(token.name)) continue;
    ours.add(token.index);
    if (token.value !== undefined && !token.inlineValue) ours.add(token.index + 1);
  }
  const rest = args.filter((_, index) => !ours.has(index));
  return { builder, print: values.print === true, lock: values.lock === true, rest };
}

function printImages(images: readonly JobImage[]): void {
  for (const { name, dockerfile, tag, files } of images) {
    say(`${name.padEnd(10)}  ${tag.padEnd(21)}  ${dockerfile}, ${files.length} files`);
  }
}

async function writeImageLock(): Promise<void> {
  const read = async (path: string) => JSON.parse(await readFile(join(root, path), 'utf8'));
  const lock = imageLock(await read('package-lock.json'), await read('jobs/convert/image/package.json'));
  await writeFile(join(root, 'jobs/convert/image/package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  say('Wrote jobs/convert/image/package-lock.json.');
}
