import type { IntegerModel } from '@dropforge/quantized-inference';
import type { TargetName } from '../targets/index.ts';
import type { ConversionConfig } from './config.ts';
import type { PackedFile } from './pack-tar.ts';
import type { ElfFacts, Toolchain } from './toolchain.ts';
import type { TargetResult } from './verify-targets.ts';

/** Where each file of a target lies inside `output/`. */
export const runnerPath = (target: TargetName): string => `bin/${target}/dropforge-run`;
export const libraryPath = (target: TargetName): string => `lib/${target}/libdropforge.so`;

export interface PackageInput {
  readonly config: ConversionConfig;
  readonly model: IntegerModel;
  readonly modelFile: Uint8Array;
  readonly modelDigest: string;
  readonly goldenImages: Uint8Array;
  readonly goldenLogits: Uint8Array;
  readonly targets: ReadonlyMap<TargetName, TargetResult>;
}

/** A file of `output/`, with what was found in it where it is an ELF file. */
export interface PackageFile extends PackedFile {
  readonly facts?: ElfFacts;
}

/** Everything that goes into `output.tar.gz`, paths inside `output/`, sorted. */
export async function packageFiles(input: PackageInput, toolchain: Toolchain): Promise<PackageFile[]> {
  const plain = (path: string, bytes: Uint8Array): PackageFile => ({ path, bytes, executable: false });
  const files: PackageFile[] = [
    plain('include/dropforge.h', await toolchain.header()),
    plain('meta.json', Buffer.from(`${JSON.stringify(metadata(input), null, 2)}\n`)),
    plain('model/golden.i32', input.goldenLogits),
    plain('model/golden.u8', input.goldenImages),
    plain('model/model.safetensors', input.modelFile),
  ];
  for (const [target, result] of input.targets) {
    if (result.status === 'failed') continue;
    files.push({ path: runnerPath(target), executable: true, ...result.runner });
    files.push({ path: libraryPath(target), executable: true, ...result.library });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a program beside the runner needs to know; the runner itself carries it compiled in. */
function metadata({ config, model, modelDigest, goldenImages, goldenLogits, targets }: PackageInput): unknown {
  const { height, width, channels } = model.input;
  const built = [...targets].filter(([, { status }]) => status === 'ok').map(([target]) => target);
  return {
    format: 'dropforge-package/1',
    modelName: config.modelName,
    modelDigest,
    datasetDigest: config.datasetDigest,
    classes: model.classes,
    input: { height, width, channels },
    logitScale: model.logitScale,
    golden: { images: goldenImages.length / (height * width * channels), logitBytes: goldenLogits.length },
    targets: Object.fromEntries(
      built.map((target) => [target, { runner: runnerPath(target), library: libraryPath(target) }]),
    ),
  };
}
