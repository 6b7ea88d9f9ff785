import { pipeline, Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

export interface ArtifactFile {
  /** Inside `output/`. */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface ArtifactLimits {
  readonly entries: number;
  /** Of one file. */
  readonly fileBytes: number;
  /** After decompression, headers included. */
  readonly totalBytes: number;
}

export const artifactLimits: ArtifactLimits = {
  entries: 1_024,
  fileBytes: 64 * 2 ** 20,
  totalBytes: 512 * 2 ** 20,
};

/** The archive is not one of ours: not a whole `.tar.gz`, or one with what has no place in it. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
  /** Stable. */
  readonly code: 'ARTIFACT_INVALID' | 'ARTIFACT_TOO_LARGE';

  constructor(code: ArtifactError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The plain files of an `output.tar.gz`, one after the other, so that no more than one is in memory. The archive is
 * hostile: links, names outside of `output/`, repeated names and sizes beyond the limits are refused with ArtifactError.
 */
export async function* readArtifact(
  archive: Uint8Array,
  limits: ArtifactLimits = artifactLimits,
): AsyncGenerator<ArtifactFile> {
  const source = Readable.from([archive]);
  const entries = extract();
  // The loop below sees every error through `entries`.
  pipeline(source, createGunzip(), countBytes(limits.totalBytes), entries, () => undefined);
  const seen = new Set<string>();
  try {
    for await (const entry of entries) {
      const { name, type, size = 0 } = entry.header;
      if (seen.size >= limits.entries) throw tooLarge(`it has more than ${limits.entries} entries`);
      if (seen.has(name)) throw invalid(`it has ${shown(name)} twice`);
      seen.add(name);
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      if (type !== 'file') throw invalid(`${shown(name)} is no plain file`);
      if (size > limits.fileBytes) throw tooLarge(`${shown(name)} has ${size} bytes`);
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk); // without an encoding it yields buffers
      yield { path: pathOf(name), content: Buffer.concat(chunks) };
    }
  } catch (error) {
    if (error instanceof ArtifactError) throw error;
    // tar-stream and zlib throw nothing but Error.
    throw invalid(`it is not a whole gzip-compressed tar (${(error as Error).message})`, error);
  } finally {
    source.destroy();
    entries.destroy();
  }
}

function pathOf(name: string): string {
  const [root, ...parts] = name.split('/');
  const isPlain = parts.length > 0 && parts.every((part) => /^[\w.+-]+$/.test(part) && part !== '.' && part !== '..');
  if (root !== 'output' || !isPlain) throw invalid(`${shown(name)} is not a path below output/`);
  return parts.join('/');
}

function countBytes(maximum: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maximum) done(tooLarge(`it unpacks to more than ${maximum} bytes`));
      else done(null, chunk);
    },
  });
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

function invalid(what: string, cause?: unknown): ArtifactError {
  return new ArtifactError('ARTIFACT_INVALID', `The artifact cannot be read: ${what}.`, { cause });
}

function tooLarge(what: string): ArtifactError {
  return new ArtifactError('ARTIFACT_TOO_LARGE', `The artifact cannot be read: ${what}.`);
}
