import { readFile } from 'node:fs/promises';
import type { IntegerModel } from '@dropforge/quantized-inference';
import type { TargetName } from '../targets/index.ts';
import { archivePath, artifactPaths, libraryPaths, runnerPath } from './artifact-paths.ts';
import type { ConversionConfig } from './config.ts';
import { metaOf, metaYaml } from './meta.ts';
import type { PackedFile } from './pack-tar.ts';
import { artifactReadme } from './readme.ts';
import type { ElfFacts, Toolchain } from './toolchain.ts';
import type { TargetResult } from './verify-targets.ts';

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

const runScript = new URL('../../python/run.py', import.meta.url);

/** Everything that goes into `output.tar.gz` but the manifest, paths inside `output/`, sorted. */
export async function packageFiles(input: PackageInput, toolchain: Toolchain): Promise<PackageFile[]> {
  const plain = (path: string, bytes: Uint8Array | string): PackageFile => ({
    path,
    bytes: Buffer.from(bytes),
    executable: false,
  });
  const meta = metaOf(input.model);
  const files: PackageFile[] = [
    plain(artifactPaths.readme, artifactReadme(input)),
    plain(artifactPaths.header, await toolchain.header()),
    plain(artifactPaths.metaYaml, metaYaml(meta)),
    plain(artifactPaths.metaJson, `${JSON.stringify(meta, null, 2)}\n`),
    plain(artifactPaths.model, input.modelFile),
    plain(artifactPaths.goldenImages, input.goldenImages),
    plain(artifactPaths.goldenLogits, input.goldenLogits),
    { ...plain(artifactPaths.runScript, await readFile(runScript)), executable: true },
  ];
  for (const [target, result] of input.targets) {
    if (result.status === 'failed') continue;
    files.push({ path: runnerPath(target), executable: true, ...result.runner });
    for (const path of libraryPaths(target)) files.push({ path, executable: true, ...result.library });
    files.push({ path: archivePath(target), executable: false, ...result.archive });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
