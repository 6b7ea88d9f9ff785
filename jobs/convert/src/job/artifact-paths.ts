import { pathsOf } from '@dropforge/artifact-inspection';
import type { TargetName } from '../targets/index.ts';

/** Where everything lies inside `output/`, the root of `output.tar.gz`: Blueoil's places for what Blueoil has too. */
export const artifactPaths = {
  readme: 'README.md',
  manifest: 'manifest.json',
  header: 'include/dropforge.h',
  /** What Blueoil's scripts read; the JSON file says the same. */
  metaYaml: 'models/meta.yaml',
  metaJson: 'models/meta.json',
  model: 'models/model.safetensors',
  /** uint8 images, one after the other, and the int32 little-endian logits of each. */
  goldenImages: 'models/golden.u8',
  goldenLogits: 'models/golden.i32',
  runScript: 'python/run.py',
} as const;

export const runnerPath = (target: TargetName): string => `bin/${target}/dropforge-run`;

/** Blueoil's names. An x86 library chooses its kernels when it runs, so that both x86 files are the same. */
export const libraryPaths = (target: TargetName): string[] => pathsOf(target).filter((path) => path.endsWith('.so'));

/** The static library; one for each target. */
export const archivePath = (target: TargetName): string => pathsOf(target).find((path) => path.endsWith('.a')) ?? '';
