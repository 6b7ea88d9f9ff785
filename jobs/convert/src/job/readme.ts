import type { IntegerModel } from '@dropforge/quantized-inference';
import type { TargetName } from '../targets/index.ts';
import { archivePath, artifactPaths, libraryPaths, runnerPath } from './artifact-paths.ts';
import type { PackageInput } from './package-files.ts';

/** `output/README.md`: how to use this very model from a shell, Python and C. */
export function artifactReadme(input: Pick<PackageInput, 'config' | 'model' | 'modelDigest' | 'targets'>): string {
  const { config, model, modelDigest } = input;
  const built = [...input.targets].filter(([, { status }]) => status === 'ok').map(([target]) => target);
  const [first] = built;
  return [
    ...head(config.modelName, model, modelDigest),
    ...(first ? [...shell(first), ...python(first, model), ...c(first, model)] : []),
    ...(built.includes('fpga') ? engine() : []),
    ...files(built),
  ].join('\n');
}

function head(name: string, { classes, input, layers, logitScale }: IntegerModel, digest: string): string[] {
  const names = classes.map((label, index) => `${index} ${code(label)}`).join(', ');
  return [
    `# The model ${code(name)}`,
    '',
    `A network of integers that tells ${classes.length} classes apart in images of ${input.height} × ${input.width} pixels (height × width, RGB). It`,
    'computes the same numbers on every machine.',
    '',
    '| | |',
    '|---|---|',
    `| model | SHA-256 \`${digest}\` |`,
    `| layers | ${layers.length} |`,
    `| probabilities | softmax of the logits times ${logitScale} |`,
    `| classes | ${names} |`,
    '',
    'An image goes the way it went in training: EXIF orientation applied, alpha dropped, colour profile ignored, the whole image',
    "stretched to the network's size by Pillow's bilinear filter. `dropforge-run` and `python/run.py` do this; `models/meta.yaml`",
    "tells Blueoil's scripts, whose own resize is another filter: give them images of the network's size where it matters.",
    '',
  ];
}

function shell(target: TargetName): string[] {
  const run = runnerPath(target);
  return [
    '## From a shell',
    '',
    '```sh',
    `${run} -i photograph.jpg --trial 100     # writes output/output.json`,
    `${run} --serve 8651 &                    # then: curl --data-binary @photograph.jpg http://127.0.0.1:8651/predict`,
    `${run} --self-test ${artifactPaths.goldenImages} ${artifactPaths.goldenLogits}`,
    '```',
    '',
    'It is one static program, for JPEG and PNG. `--help` names the other modes and the exit codes.',
    '',
  ];
}

function python(target: TargetName, { input, classes }: IntegerModel): string[] {
  const [library] = libraryPaths(target);
  return [
    '## From Python',
    '',
    '```sh',
    `python3 ${artifactPaths.runScript} -i photograph.jpg -m ${library} -c ${artifactPaths.metaYaml} --trial 100`,
    '```',
    '',
    'It needs Pillow. The libraries have the C interface of Blueoil, so that its own `run.py` and `lmnet/nnlib.py` load them:',
    `\`network_run\` takes float32 [1, ${input.height}, ${input.width}, ${input.channels}], each a pixel divided by 255, and gives float32 [1, ${classes.length}], the`,
    'probabilities. What is outside of 0 to 1 counts as the nearer end, and what is no number as 0.',
    '',
  ];
}

function c(target: TargetName, { input, classes }: IntegerModel): string[] {
  return [
    '## From C',
    '',
    '```c',
    '#include "dropforge.h"',
    '',
    `static uint8_t pixels[${input.height} * ${input.width} * ${input.channels}]; /* rows of pixels of R, G, B */`,
    `int32_t logits[${classes.length}];`,
    'const int32_t code = df_run(pixels, logits, 0, 0);',
    'if (code != DF_OK) puts(df_error_text(code));',
    '```',
    '',
    '```sh',
    `cc -Iinclude program.c ${archivePath(target)}`,
    '```',
    '',
    'The libraries call no other library, not even the C library, and allocate nothing.',
    '',
  ];
}

function engine(): string[] {
  return [
    '## On the engine of an FPGA',
    '',
    `\`${runnerPath('fpga')}\` and \`${libraryPaths('fpga')[0]}\` run the network on the accelerator of a DE10-Nano, whose bitstream must be`,
    'loaded; the processor computes the head alone. They find it as the UIO device `dropforge`; `DF_ENGINE=/dev/mem` in the',
    "environment takes the lightweight bridge's physical address instead, which needs root. Programs share the engine run by run.",
    'When it cannot run, `network_init` says no, `network_run` leaves its output untouched, `df_last_error` has the code, and',
    '`dropforge-run` ends with exit code 5.',
    '',
  ];
}

function files(built: readonly TargetName[]): string[] {
  const rows = built.map((target) => {
    const libraries = [...libraryPaths(target), archivePath(target)];
    return `| ${target} | \`${runnerPath(target)}\` | ${libraries.map((path) => `\`${path}\``).join(', ')} |`;
  });
  return [
    '## What is here',
    '',
    '| machine | program | libraries |',
    '|---|---|---|',
    ...rows,
    '',
    `\`${artifactPaths.model}\` is the network as data. \`${artifactPaths.goldenImages}\` and \`${artifactPaths.goldenLogits}\` are images and the logits that every machine must`,
    `compute for them. \`${artifactPaths.manifest}\` lists every file with its SHA-256 and what the programs and libraries say about themselves.`,
    '`libdlk_x86` and `libdlk_x86_avx` are the same library: it takes the fastest kernels that the processor has.',
    '',
  ];
}

/** A name from outside, as Markdown code in one cell of a table. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`|\r\n]/g, ' ')}\``;
}
