import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetName } from '../targets/index.ts';
import { sha256 } from './digest.ts';
import { packTarGz } from './pack-tar.ts';
import { libraryPath, type PackageFile, type PackageInput, runnerPath } from './package-files.ts';
import type { TargetResult } from './verify-targets.ts';

/** Writes `manifest.json`, `model.safetensors` and `output.tar.gz`. Equal inputs give equal bytes. */
export async function writeArtifact(
  directory: string,
  input: PackageInput,
  files: readonly PackageFile[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const rooted = files.map(({ path, bytes, executable }) => ({ path: `output/${path}`, bytes, executable }));
  await writeFile(join(directory, 'output.tar.gz'), await packTarGz(rooted));
  await writeFile(join(directory, 'model.safetensors'), input.modelFile);
  await writeFile(join(directory, 'manifest.json'), `${JSON.stringify(manifest(input, files), null, 2)}\n`);
}

function manifest({ config, model, modelDigest, targets }: PackageInput, files: readonly PackageFile[]): unknown {
  const { height, width, channels } = model.input;
  return {
    format: 'dropforge-artifact/1',
    modelName: config.modelName,
    modelDigest,
    datasetDigest: config.datasetDigest,
    classes: model.classes,
    input: { height, width, channels },
    targets: Object.fromEntries([...targets].map(([target, result]) => [target, targetEntry(target, result)])),
    files: files.map(({ path, bytes, facts }) => ({ path, sha256: sha256(bytes), bytes: bytes.length, ...facts })),
  };
}

function targetEntry(target: TargetName, result: TargetResult): unknown {
  if (result.status === 'failed') return { status: 'failed', error: result.error };
  return { status: 'ok', runner: runnerPath(target), library: libraryPath(target) };
}
