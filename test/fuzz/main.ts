/** `npm run fuzz -- [image|http] [--seconds N]`: libFuzzer on what strangers send to the runner; 600 s each by default. */
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
const unknown = positionals.find((name) => !fuzzTargetNames.some((target) => target === name));
if (unknown !== undefined || !/^[1-9]\d*$/.test(values.seconds)) {
  console.error(`Usage: npm run fuzz -- [${fuzzTargetNames.join('|')}] [--seconds N]`);
  process.exit(2);
}
const chosen = fuzzTargetNames.filter((name) => positionals.length === 0 || positionals.includes(name));
for (const name of chosen) if (!(await fuzz(name))) process.exitCode = 1;

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
  const child = spawn(program, [...options, found, corpusOf(name)], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code === 0;
}
