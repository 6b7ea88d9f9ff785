import { AgentFailure } from './agent-failure.ts';

/** What a released model is, as the release's `release.json` says it (format `dropforge-release/1`). */
export interface Release {
  readonly modelId: string;
  /** SHA-256 of the model file, hexadecimal. */
  readonly modelDigest: string;
  readonly runId: string;
  readonly attempt: number;
  /** SHA-256 of `output.tar.gz`, hexadecimal. */
  readonly artifactDigest: string;
  readonly classes: readonly string[];
  /** The shape of one image: uint8, rows of pixels of channels. */
  readonly input: { readonly height: number; readonly width: number; readonly channels: number };
  /** Every file of the artifact; paths are relative to its root `output/`. */
  readonly files: readonly ReleaseFile[];
}

export interface ReleaseFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Far above what any model of ours needs, far below what harms a device. */
const limits = { bytes: 4 << 20, files: 2_000, classes: 10_000, side: 8_192, channels: 16, artifactBytes: 512 << 20 };

/** Reads a release; throws RELEASE_INVALID with the field that is wrong. */
export function parseRelease(text: string): Release {
  if (text.length > limits.bytes) throw invalid(`it has more than ${limits.bytes} bytes`);
  const json = parseJson(text);
  if (json.format !== 'dropforge-release/1') throw invalid(`format is ${JSON.stringify(json.format)}`);
  const input = record(json.input, 'input');
  const release = {
    modelId: matching(json.modelId, 'modelId', /^[\w.:-]{1,128}$/),
    modelDigest: matching(json.modelDigest, 'modelDigest', sha256),
    runId: matching(json.runId, 'runId', /^run-[a-z2-7]{20}$/),
    attempt: whole(json.attempt, 'attempt', 1, 1e6),
    artifactDigest: matching(json.artifactDigest, 'artifactDigest', sha256),
    classes: list(json.classes, 'classes', limits.classes).map((name, index) =>
      matching(name, `classes[${index}]`, /^.+$/u),
    ),
    input: {
      height: whole(input.height, 'input.height', 1, limits.side),
      width: whole(input.width, 'input.width', 1, limits.side),
      channels: whole(input.channels, 'input.channels', 1, limits.channels),
    },
    files: list(json.files, 'files', limits.files).map(parseFile),
  };
  const total = release.files.reduce((sum, file) => sum + file.bytes, 0);
  if (total > limits.artifactBytes)
    throw invalid(`its files have ${total} bytes; at most ${limits.artifactBytes} are taken`);
  if (new Set(release.files.map((file) => file.path)).size !== release.files.length)
    throw invalid('it names a file twice');
  return release;
}

/** Bytes of one image. */
export function imageBytes({ input }: Pick<Release, 'input'>): number {
  return input.height * input.width * input.channels;
}

const sha256 = /^[0-9a-f]{64}$/;
const safePath = /^(?!.*(^|\/)\.\.?(\/|$))[\w.+-]+(\/[\w.+-]+)*$/;

function parseFile(value: unknown, index: number): ReleaseFile {
  const file = record(value, `files[${index}]`);
  return {
    path: matching(file.path, `files[${index}].path`, safePath),
    sha256: matching(file.sha256, `files[${index}].sha256`, sha256),
    bytes: whole(file.bytes, `files[${index}].bytes`, 0, limits.artifactBytes),
  };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text), 'the document');
  } catch (error) {
    if (error instanceof AgentFailure) throw error;
    throw invalid('it is not JSON');
  }
}

function record(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${field} is not an object`);
  return value as Record<string, unknown>; // just checked
}

function list(value: unknown, field: string, maximum: number): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(`${field} is not a list with entries`);
  if (value.length > maximum) throw invalid(`${field} has ${value.length} entries; at most ${maximum} are taken`);
  return value;
}

function matching(value: unknown, field: string, pattern: RegExp): string {
  if (typeof value === 'string' && value.length <= 1_024 && pattern.test(value)) return value;
  throw invalid(`${field} is ${String(JSON.stringify(value)).slice(0, 100)}`);
}

function whole(value: unknown, field: string, minimum: number, maximum: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum) return Number(value);
  throw invalid(`${field} is ${String(JSON.stringify(value)).slice(0, 100)}; it must be ${minimum} to ${maximum}`);
}

function invalid(what: string): AgentFailure {
  return new AgentFailure('RELEASE_INVALID', `The release cannot be used: ${what}.`, 'Release the model again.');
}
