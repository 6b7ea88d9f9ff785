/**
 * `npm run fuzz -- [image|http|readers] [--seconds N]`: what strangers send, 600 s each by default. `image` and `http` are
 * the runner's, by libFuzzer; `readers` are those of model files, in TypeScript.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  buildFuzzTarget,
  corpusOf,
  type FuzzTargetName,
  fuzzTargetNames,
} from '../../jobs/convert/src/targets/testing/fuzz-targets.ts';

const readers = fileURLToPath(new URL('readers/main.ts', import.meta.url));
const folder = fileURLToPath(new URL('../../.build/fuzz', import.meta.url));

/** Pieces of the formats that chance would rarely put together. */
const words: Readonly<Record<FuzzTargetName, readonly string[]>> = {
  image: [
    ...['\\xff\\xd8\\xff', '\\xff\\xc0\\x00\\x11\\x08', '\\xff\\xc2', '\\xff\\xda', '\\xff\\xdd', '\\xff\\xe1'],
    ...[
      'Exif\\x00\\x00II*\\x00',
      'Exif\\x00\\x00MM\\x00*',
      'IHDR',
      'IDAT',
      'IEND',
      'PLTE',
      'tRNS',
      'eXIf',
      'acTL',
      'iCCP',
    ],
  ],
  http: [
    'POST /predict HTTP/1.1',
    'Host: localhost',
    'Content-Length: ',
    'Expect: 100-continue',
    '\\x0d\\x0a\\x0d\\x0a',
  ],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' } },
});
const known = [...fuzzTargetNames, 'readers'];
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined || !/^[1-9]\d*$/.test(values.seconds)) {
  console.error(`Usage: npm run fuzz -- [${known.join('|')}] [--seconds N]`);
  process.exit(2);
}
const isChosen = (name: string) => positionals.length === 0 || positionals.includes(name);
for (const name of fuzzTargetNames) if (isChosen(name) && !(await fuzz(name))) process.exitCode = 1;
if (isChosen('readers') && !(await run(process.execPath, [readers, '--seconds', values.seconds]))) process.exitCode = 1;

/** New inputs go to `.build/fuzz`; one that fails stays there under the name that libFuzzer prints. */
async function fuzz(name: FuzzTargetName): Promise<boolean> {
  const found = join(folder, name);
  await mkdir(found, { recursive: true });
  await writeFile(join(folder, `${name}.dict`), words[name].map((word) => `"${word}"\n`).join(''));
  const program = join(folder, `fuzz-${name}`);
  const built = await buildFuzzTarget(name, program, true);
  if (built.kind !== 'success') {
    console.error(built.kind === 'failure' ? built.stderr : `clang: ${built.kind}`);
    return false;
  }
  const limits = ['-max_len=8192', '-rss_limit_mb=2048', '-timeout=20', `-max_total_time=${values.seconds}`];
  const options = [...limits, `-dict=${join(folder, `${name}.dict`)}`, `-artifact_prefix=${folder}/`];
  return run(program, [...options, found, corpusOf(name)]);
}

async function run(program: string, programArguments: readonly string[]): Promise<boolean> {
  const [code] = await once(spawn(program, programArguments, { stdio: 'inherit' }), 'close');
  return code === 0;
}
