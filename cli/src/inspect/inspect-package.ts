import {
  ArtifactError,
  type InspectedFile,
  inspectArtifact,
  memoryPeak,
  profiles,
  readArtifact,
  type StackBytes,
} from '@dropforge/artifact-inspection';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { formatTable } from '../terminal/table.ts';
import type { Screen } from '../terminal/terminal.ts';
import { formatBytes } from '../terminal/text.ts';

export interface PackageReport {
  readonly files: readonly InspectedFile[];
  readonly stackBytes: StackBytes;
  /** The model inside, if there is one. */
  readonly model: Buffer | undefined;
  readonly fits: boolean;
}

/** As far as it is read here: `manifest.json` inside the artifact. */
const Manifest = z.object({
  targets: z.record(z.string(), z.looseObject({ stackBytes: z.int().positive().optional() })),
});

/** Every file of an `output.tar.gz`, each binary against the device for which it lies there. Throws ARTIFACT_INVALID. */
export async function inspectPackage(archive: Buffer, where: string): Promise<PackageReport> {
  try {
    const texts = new Map<string, Buffer>();
    for await (const { path, content } of readArtifact(archive)) {
      if (path === 'manifest.json' || path.endsWith('/model.safetensors'))
        texts.set(path.replace(/^.*\//, ''), Buffer.from(content));
    }
    const stackBytes = stackBytesOf(texts.get('manifest.json'));
    const files = await inspectArtifact(archive, stackBytes);
    const fits = files.every(({ faults }) => faults.length === 0);
    return { files, stackBytes, model: texts.get('model.safetensors'), fits };
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    const action = 'Give an output.tar.gz that Dropforge made, or fetch it again.';
    throw new CliError('refused', error.code, error.message, { where, action, cause: error });
  }
}

/** What the manifest says of stacks; one that says nothing, or is none, leaves the most that a thread may have. */
function stackBytesOf(manifest: Buffer | undefined): StackBytes {
  try {
    const { targets } = Manifest.parse(JSON.parse(manifest?.toString('utf8') ?? ''));
    return Object.fromEntries(Object.entries(targets).map(([target, { stackBytes }]) => [target, stackBytes]));
  } catch {
    return {};
  }
}

export function tellPackage(screen: Screen, { files, stackBytes }: PackageReport): void {
  const binaries = files.filter(({ place, faults }) => place || faults.length > 0);
  const rows = binaries.map(({ path, place, facts, bytes, faults }) => [
    `${faults.length === 0 ? '✓' : '✗'} ${path}`,
    place?.target ?? '',
    formatBytes(bytes),
    facts && place ? formatBytes(memoryPeak(facts, profiles[place.target], stackBytes[place.target]).peakBytes) : '',
    faults.length === 0 ? 'fits' : faults.map(({ code }) => code).join(', '),
  ]);
  const [heading = '', ...lines] = formatTable([['  BINARY', 'FOR', 'SIZE', 'MEMORY', 'VERDICT'], ...rows]);
  screen.line(heading, 'strong');
  for (const [index, line] of lines.entries()) {
    const faults = binaries[index]?.faults ?? [];
    screen.line(line, faults.length === 0 ? 'good' : 'bad');
    for (const { message } of faults) screen.line(`    ${message}`);
  }
  const silent = new Set(
    binaries.flatMap(({ place }) => (place && stackBytes[place.target] === undefined ? [place.target] : [])),
  );
  if (silent.size > 0)
    screen.line(
      `  The manifest does not say how much stack ${[...silent].join(', ')} takes: 8 MiB are counted.`,
      'quiet',
    );
  const others = files.filter((file) => !binaries.includes(file));
  const bytes = others.reduce((sum, file) => sum + file.bytes, 0);
  screen.line(`  and ${others.length} files without code, ${formatBytes(bytes)}`, 'quiet');
}
