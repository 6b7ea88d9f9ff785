/** `npm run package -- [--stage S] [--region R] [--param k=v]…`: what would be deployed, built offline into `.build/package`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage } from './check-package.ts';
import { imageParameters } from './images/job-images.ts';
import { readOptions } from './read-options.ts';
import { packageService } from './run-framework.ts';
import { runVerb } from './run-verb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await runVerb(async () => {
  const options = readOptions(root, process.argv.slice(2), process.env);
  const folder = join(root, '.build/package');
  const parameters = { ...(await imageParameters(root)), ...options.parameters };
  const template = await packageService({ root, ...options, parameters }, folder);
  const zips = await zipSizes(join(folder, 'functions'));
  for (const { name, bytes } of zips) console.log(`  ${name.padEnd(40)} ${kilobytes(bytes).padStart(9)}`);
  const { resources, bytes } = checkPackage(template, zips);
  console.log(
    `Packaged stage ${options.stage} into .build/package: ${zips.length} functions, ${resources} resources, a template of ${kilobytes(bytes)}.`,
  );
});

async function zipSizes(folder: string): Promise<{ name: string; bytes: number }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.zip')).sort();
  return Promise.all(
    names.map(async (name) => ({ name: name.slice(0, -4), bytes: (await stat(join(folder, name))).size })),
  );
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000).toLocaleString('en')} kB`;
}
