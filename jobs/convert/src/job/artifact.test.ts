/** The artifact as its users meet it: Blueoil's loader, meta.yaml, our run.py, a C program. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { argmax, type IntegerModel, readModel } from '@dropforge/quantized-inference';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metaOf, metaYaml } from './meta.ts';
import { nativeToolchain } from './native-toolchain.ts';
import { runJob } from './run-job.ts';
import { GOLDEN_IMAGES, jobRoot } from './testing/job-root.ts';

const execute = promisify(execFile);
const python = process.env.DROPFORGE_PYTHON ?? '/usr/bin/python3';
const loader = fileURLToPath(new URL('./testing/load_as_blueoil.py', import.meta.url));

let root: string;
let work: string;
let model: IntegerModel;
let logits: Int32Array;
const output = (path: string) => join(work, 'output', path);

beforeAll(async () => {
  root = await jobRoot({ config: { targets: ['x86_64'] } });
  work = await mkdtemp(join(tmpdir(), 'dropforge-artifact-'));
  const lines: string[] = [];
  expect(await runJob(root, nativeToolchain(), (line) => lines.push(line)), lines.join('\n')).toBe(0);
  await execute('tar', ['-xzf', join(root, 'processing/output/artifact/output.tar.gz'), '-C', work]);
  model = readModel(await readFile(output('models/model.safetensors')));
  const golden = await readFile(output('models/golden.i32'));
  logits = Int32Array.from({ length: golden.length / 4 }, (_, index) => golden.readInt32LE(index * 4));
});
afterAll(() => Promise.all([root, work].map((folder) => rm(folder, { recursive: true, force: true }))));

/** Logits of one golden image, and the probabilities that they stand for. */
function logitsOf(image: number): Int32Array {
  return logits.subarray(image * model.classes.length, (image + 1) * model.classes.length);
}

function probabilitiesOf(image: number): number[] {
  const scaled = Array.from(logitsOf(image), (logit) => logit * model.logitScale);
  const powers = scaled.map((value) => Math.exp(value - Math.max(...scaled)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => Math.fround(power / sum));
}

describe("Blueoil's own way of loading a library", () => {
  it.each(['x86', 'x86_avx'])('finds its interface in libdlk_%s.so, and the golden classes', async (name) => {
    const images = output('models/golden.u8');
    const { stdout } = await execute(python, [loader, output(`models/lib/libdlk_${name}.so`), images]);
    const answer = JSON.parse(stdout);
    const { height, width, channels } = model.input;
    expect(answer).toMatchObject({ initialized: true, clamps: true });
    expect(answer).toMatchObject({ input: [1, height, width, channels], output: [1, model.classes.length] });
    expect(answer.outputs).toHaveLength(GOLDEN_IMAGES);
    for (const [image, probabilities] of answer.outputs.entries()) {
      expect(argmax(probabilities)).toBe(argmax(logitsOf(image)));
      for (const [label, expected] of probabilitiesOf(image).entries())
        expect(Math.abs(probabilities[label] - expected)).toBeLessThanOrEqual(expected * 2 ** -22);
    }
  });
});

describe('meta.yaml', () => {
  const read = async (text: string) => {
    const file = join(work, 'meta.yaml');
    await writeFile(file, text);
    const script = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
    return JSON.parse((await execute(python, ['-c', script, file])).stdout);
  };

  it('says what meta.json says', async () => {
    const meta = JSON.parse(await readFile(output('models/meta.json'), 'utf8'));
    expect(await read(await readFile(output('models/meta.yaml'), 'utf8'))).toEqual(meta);
    expect(Object.keys(meta)).toEqual(Object.keys(metaOf(model)));
  });

  it('keeps class names that YAML would take for something else', async () => {
    const classes = ['yes', 'null', '1e3', '', ' a: b # c', '"quoted\\"', '猫 😀', '\u2028\u0085\u007f', '- x', "'"];
    expect((await read(metaYaml(metaOf({ ...model, classes })))).CLASSES).toEqual(classes);
  });
});

describe('run.py', () => {
  const library = () => output('models/lib/libdlk_x86.so');
  const run = (options: string[]) => execute(python, [output('python/run.py'), ...options], { cwd: work });
  let pixels: Buffer;

  beforeAll(async () => {
    const { height, width, channels } = model.input;
    pixels = (await readFile(output('models/golden.u8'))).subarray(0, height * width * channels);
    // The photograph is larger than the network's input: it is decoded and resized on the way.
    const image = () => sharp(pixels, { raw: { height, width, channels: 3 } });
    await image()
      .resize(5 * width, 4 * height)
      .jpeg()
      .toFile(join(work, 'photograph.jpg'));
    await image().png().toFile(join(work, 'golden.png'));
  });

  it("takes Blueoil's options and writes its output.json, with numbers and a date in UTC", async () => {
    const config = output('models/meta.yaml');
    const { stdout } = await run(['-i', 'golden.png', '-m', library(), '-c', config, '--trial', '3']);
    const best = model.classes[argmax(logitsOf(0))];
    expect(stdout).toBe(`golden.png: ${best}\n`);
    const document = JSON.parse(await readFile(join(work, 'output/output.json'), 'utf8'));
    expect(document).toMatchObject({ version: 0.2, task: 'IMAGE.CLASSIFICATION', date: expect.stringMatching(/Z$/) });
    expect(document.results[0].file_path).toBe('golden.png');
    for (const [label, expected] of probabilitiesOf(0).entries()) {
      const { class: name, probability } = document.results[0].prediction[label];
      expect(name).toEqual({ id: label, name: model.classes[label] });
      expect(Math.abs(probability - expected)).toBeLessThanOrEqual(expected * 2 ** -22);
    }
    expect(document.benchmark).toMatchObject({ trials: 3, inference: { p95: expect.any(Number) } });
    expect(await readdir(join(work, 'output/images', best ?? ''))).toEqual(['golden.png']);
  });

  it('says of a photograph what dropforge-run says', async () => {
    await run(['-i', 'photograph.jpg']);
    const ofPython = JSON.parse(await readFile(join(work, 'output/output.json'), 'utf8'));
    const ofRunner = join(work, 'of-runner');
    await execute(output('bin/x86_64/dropforge-run'), ['-i', 'photograph.jpg', '-o', ofRunner], { cwd: work });
    const { results, classes } = JSON.parse(await readFile(join(ofRunner, 'output.json'), 'utf8'));
    expect({ results, classes }).toEqual({ results: ofPython.results, classes: ofPython.classes });
  });

  it.each([
    ['never starts', 'false', /^run\.py: ABI_INIT_FAILED: .*: No engine here\.\n$/],
    ['fails in a run', 'true', /^run\.py: MACHINE_FAILED: No engine here\.\n$/],
  ])('tells why a library %s, and writes no output', async (_, starts, stderr) => {
    const { height, width, channels } = model.input;
    const source = join(work, 'engineless.c');
    await writeFile(
      source,
      `#include <stdbool.h>
       int network_get_input_rank(void *n) { return 4; }
       int network_get_output_rank(void *n) { return 2; }
       void *network_create(void) { return "network"; }
       bool network_init(void *n) { return ${starts}; }
       void network_get_input_shape(void *n, int *s) { s[0] = 1, s[1] = ${height}, s[2] = ${width}, s[3] = ${channels}; }
       void network_get_output_shape(void *n, int *s) { s[0] = 1, s[1] = ${model.classes.length}; }
       void network_run(void *n, const void *in, void *out) {}
       int df_last_error(void) { return -18; }
       const char *df_error_text(int code) { return code == -18 ? "No engine here." : "?"; }`,
    );
    await execute('clang', ['-shared', '-fPIC', source, '-o', join(work, 'engineless.so')]);
    await rm(join(work, 'output/output.json'), { force: true });
    const failure = { code: 1, stderr: expect.stringMatching(stderr) };
    await expect(run(['-i', 'golden.png', '-m', './engineless.so'])).rejects.toMatchObject(failure);
    await expect(readFile(join(work, 'output/output.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses what it cannot use in one sentence', async () => {
    await writeFile(join(work, 'text.jpg'), 'a text');
    await writeFile(join(work, 'arm.so'), elfFor(40, await readFile(library())));
    await expect(run(['-i', 'text.jpg'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^run\.py: .*\n$/),
    });
    const foreign = { code: 1, stderr: expect.stringMatching(/^run\.py: LIBRARY_UNUSABLE: .*arm\.so .*\n$/) };
    await expect(run(['-i', 'golden.png', '-m', './arm.so'])).rejects.toMatchObject(foreign);
  });

  /** The same library with the number of another machine in its header. */
  function elfFor(machine: number, bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    copy.writeUInt16LE(machine, 18);
    return copy;
  }
});

describe('the header', () => {
  it('has the version of this package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await readFile(output('include/dropforge.h'), 'utf8')).toContain(`#define DF_VERSION "${version}"\n`);
  });
});

describe('a C program', () => {
  it('links with the static library and the header alone', async () => {
    const source = `#include "dropforge.h"
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments) {
    static uint8_t images[2 * ${16 * 16 * 3}];
    int32_t logits[2 * ${model.classes.length}];
    float probabilities[${model.classes.length}];
    FILE *file = fopen(arguments[count - 1], "rb");
    if (fread(images, 1, sizeof images, file) != sizeof images || strcmp(df_version(), DF_VERSION)) return 1;
    if (df_run_batch(images, 2, logits, 0, 0) != DF_OK || df_probabilities(logits, probabilities) != DF_OK) return 2;
    for (int i = 0; i < 2 * ${model.classes.length}; i++) printf("%d ", logits[i]);
    puts(df_error_text(df_run(0, logits, 0, 0)));
}
`;
    await writeFile(join(work, 'program.c'), source);
    const library = output('models/lib/libdlk_x86.a');
    await execute('cc', [`-I${output('include')}`, 'program.c', library, '-o', 'program'], { cwd: work });
    const { stdout } = await execute(join(work, 'program'), [output('models/golden.u8')]);
    const [expected] = [[...logitsOf(0), ...logitsOf(1)].join(' ')];
    expect(stdout).toBe(`${expected} A required pointer is null.\n`);
  });
});
