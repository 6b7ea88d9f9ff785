import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planLayers } from '@dropforge/quantized-inference';
import { arenaBytesOf } from '../emit/arena-bytes.ts';
import type { TargetName } from '../targets/index.ts';
import { archivePath, artifactPaths, libraryPaths, runnerPath } from './artifact-paths.ts';
import { sha256 } from './digest.ts';
import { packTarGz } from './pack-tar.ts';
import type { PackageFile, PackageInput } from './package-files.ts';
import type { TargetResult } from './verify-targets.ts';

/**
 * Writes `manifest.json`, `model.safetensors` and `output.tar.gz`. The archive holds the same manifest, which therefore
 * lists every file but itself. Equal inputs give equal bytes.
 */
export async function writeArtifact(
  directory: string,
  input: PackageInput,
  files: readonly PackageFile[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const manifestFile = Buffer.from(`${JSON.stringify(manifest(input, files), null, 2)}\n`);
  const packed = [...files, { path: artifactPaths.manifest, bytes: manifestFile, executable: false }];
  const rooted = packed.map(({ path, bytes, executable }) => ({ path: `output/${path}`, bytes, executable }));
  await writeFile(join(directory, 'output.tar.gz'), await packTarGz(rooted));
  await writeFile(join(directory, 'model.safetensors'), input.modelFile);
  await writeFile(join(directory, 'manifest.json'), manifestFile);
}

function manifest(
  { config, model, modelDigest, goldenImages, targets }: PackageInput,
  files: readonly PackageFile[],
): unknown {
  const { height, width, channels } = model.input;
  const imageBytes = height * width * channels;
  return {
    format: 'dropforge-artifact/1',
    modelName: config.modelName,
    modelDigest,
    datasetDigest: config.datasetDigest,
    classes: model.classes,
    input: { height, width, channels },
    logitScale: model.logitScale,
    goldenImages: goldenImages.length / imageBytes,
    // What a run needs besides its code and its stack: the activations, and what network_run converts into and out of.
    memory: {
      arenaBytes: arenaBytesOf(planLayers(model)),
      callBufferBytes: imageBytes + 4 * model.classes.length,
    },
    targets: Object.fromEntries([...targets].map(([target, result]) => [target, targetEntry(target, result)])),
    files: files.map(({ path, bytes, facts }) => ({ path, sha256: sha256(bytes), bytes: bytes.length, ...facts })),
  };
}

function targetEntry(target: TargetName, result: TargetResult): unknown {
  if (result.status === 'failed') return { status: 'failed', error: result.error };
  return {
    status: 'ok',
    runner: runnerPath(target),
    libraries: libraryPaths(target),
    staticLibrary: archivePath(target),
    // Undefined is left out of JSON. Without a stack the gate counts the most that a thread may have.
    stackBytes: result.stackBytes,
    engine: result.engine,
  };
}
