import { memoryPeak, pathsOf, profiles } from '@dropforge/artifact-inspection';
import { Target } from '@dropforge/events';
import type { DeviceEvidence } from '@dropforge/quantized-inference';
import type { Evidence } from './read-evidence.ts';

/** What the binaries in the artifact say about themselves, by the target in whose place they lie. */
export function deviceEvidence({
  manifest,
  files,
}: Pick<Evidence, 'manifest' | 'files'>): Record<string, DeviceEvidence> {
  // A binary that lies where none belongs could be meant for any device.
  const strays = files.filter(({ place, faults }) => !place && faults.length > 0);
  return Object.fromEntries(
    Target.options.map((target) => {
      const stackBytes = manifest.targets[target]?.stackBytes;
      const own = files.filter(({ place }) => place?.target === target);
      const absent = pathsOf(target)
        .filter((path) => own.length > 0 && !own.some((file) => file.path === path))
        .map((path) => ({ code: 'FILE_MISSING', message: 'The artifact does not have it.', path }));
      return [
        target,
        {
          files: own.map(({ path, sha256, bytes, facts }) => ({
            ...{ path, sha256, bytes },
            memoryBytes: facts ? memoryPeak(facts, profiles[target], stackBytes).peakBytes : null,
          })),
          faults: [
            ...[...own, ...strays].flatMap(({ path, faults }) => faults.map((fault) => ({ ...fault, path }))),
            ...absent,
          ],
        },
      ];
    }),
  );
}
