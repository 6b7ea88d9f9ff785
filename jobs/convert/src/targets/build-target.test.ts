import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFile, findBreaches, findMisfits, profiles } from '@dropforge/artifact-inspection';
import { modelFromPlan } from '@dropforge/quantized-inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitC } from '../emit/emit-c.ts';
import { buildTarget } from './build-target.ts';
import { targets } from './targets.ts';
import { sourcesFor } from './testing/sources-for.ts';

const model = modelFromPlan({
  input: { height: 4, width: 4, channels: 3 },
  layers: [{ op: 'convolution', channels: 8, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' }],
  classes: 2,
  seed: 1,
});
const sources = emitC(model);
const abi = [
  ...[
    'df_abi_version',
    'df_error_text',
    'df_kernels',
    'df_last_error',
    'df_model_info',
    'df_probabilities',
    'df_run',
    'df_run_batch',
  ],
  ...['df_run_observed', 'df_select_kernels', 'df_version', 'network_create', 'network_delete'],
  ...['network_get_input_rank', 'network_get_input_shape', 'network_get_output_rank', 'network_get_output_shape'],
  ...['network_init', 'network_run'],
];
describe('buildTarget', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dropforge-test-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(Object.values(targets))(
    'makes a static program and a library that needs nothing, for $name',
    async (target) => {
      const result = await buildTarget(target, sourcesFor(target, model), join(directory, target.name));
      if (result.status === 'failed') throw new Error(result.message);
      const library = describeFile(await readFile(result.library));
      expect([...findMisfits(library, profiles[target.name]), ...findBreaches(library, 'library', [])]).toEqual([]);
      expect(library.exported).toEqual(abi);
      const runner = describeFile(await readFile(result.runner));
      expect([...findMisfits(runner, profiles[target.name]), ...findBreaches(runner, 'program', [])]).toEqual([]);
    },
  );

  it('makes the same bytes again, in another directory', async () => {
    const other = join(directory, 'deep/er');
    // The target with the fewest sources, and none of its objects from the build before.
    await buildTarget(targets.fpga, sourcesFor(targets.fpga, model), other, {
      objectDirectory: join(directory, 'objects'),
    });
    for (const file of ['dropforge-run', 'libdlk.so', 'libdlk.a']) {
      const first = await readFile(join(directory, 'fpga', file));
      expect(first.equals(await readFile(join(other, file))), file).toBe(true);
    }
  });

  it('uses the GNU compiler where clang is not installed', async () => {
    const onlyGcc = join(directory, 'only-gcc');
    await mkdir(onlyGcc);
    for (const program of ['arm-linux-gnueabihf-gcc', 'arm-linux-gnueabihf-ar'])
      await symlink(`/usr/bin/${program}`, join(onlyGcc, program));
    // With -O3: what gcc makes calls of memset from must not reach the link.
    const result = await buildTarget(targets.armv7l, sources, join(directory, 'gnu'), { searchPath: onlyGcc });
    expect(result).toMatchObject({ status: 'ok' });
    if (result.status === 'ok') expect(describeFile(await readFile(result.library)).exported).toEqual(abi);
  });

  it('says what to install when no compiler is there', async () => {
    const result = await buildTarget(targets.aarch64, sources, join(directory, 'none'), { searchPath: directory });
    expect(result).toEqual({
      status: 'failed',
      code: 'COMPILER_MISSING',
      message: 'No C compiler for aarch64: install clang lld gcc-aarch64-linux-gnu qemu-user (Debian packages).',
    });
  });

  it('says how to fetch the decoders where nobody has', async () => {
    const options = { decoderDirectory: join(directory, 'nowhere') };
    const result = await buildTarget(targets.x86_64, sources, join(directory, 'none'), options);
    expect(result).toMatchObject({ status: 'failed', code: 'DECODERS_MISSING' });
    expect(result).toMatchObject({ message: expect.stringContaining('run jobs/convert/fetch-decoders') });
  });

  it('tells the first error of the compiler, without directories of this machine', async () => {
    const broken = new Map([['df_network.c', '#include "df_operators.h"\nint broken = ;\n']]);
    const result = await buildTarget(targets.x86_64, broken, join(directory, 'broken'));
    expect(result).toMatchObject({ status: 'failed', code: 'COMPILE_FAILED' });
    expect(result).toMatchObject({
      message: expect.stringMatching(/^network\/df_network\.c:2:\d+: error: expected expression/),
    });
  });

  it('tells which symbol a network lacks, and leaves no output', async () => {
    const output = join(directory, 'lacking');
    await mkdir(output);
    const lacking = new Map([['df_network.c', '#include "df_operators.h"\nuint8_t df_generated_arena[1];\n']]);
    const result = await buildTarget(targets.x86_64, lacking, output);
    expect(result).toMatchObject({ status: 'failed', code: 'LINK_FAILED' });
    expect(result).toMatchObject({ message: expect.stringContaining('df_generated_') });
    expect(await readdir(output)).toEqual([]);
  });
});
