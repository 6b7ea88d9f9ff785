import { createHash } from 'node:crypto';
import { ArtifactError, type InspectedFile, inspectArtifact } from '@dropforge/artifact-inspection';
import { Target } from '@dropforge/events';
import { z } from 'zod';
import { EvidenceError } from './evidence-error.ts';
import type { Ports } from './ports.ts';

/** Sizes beyond which a file is not what it says it is. */
const limits = { json: 4 << 20, model: 64 << 20, artifact: 256 << 20, logits: 64 << 20, pixels: 64 << 20 };

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Failure = z.object({ code: z.string(), message: z.string() });
/** Below the artifact's root, as devices write it to their disks: no `..`, nothing absolute. */
const ArtifactPath = z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[\w.+-]+(\/[\w.+-]+)*$/);

/** `artifact/manifest.json`, as far as the gate reads it. */
const Manifest = z.object({
  format: z.literal('dropforge-artifact/1'),
  modelDigest: Digest,
  datasetDigest: Digest,
  classes: z.array(z.string()).min(2),
  input: z.object({ height: z.int().positive(), width: z.int().positive(), channels: z.int().positive() }),
  targets: z.partialRecord(
    Target,
    z.object({
      status: z.enum(['ok', 'failed']),
      error: Failure.optional(),
      /** The deepest stack of a run, by the compiler's account. */
      stackBytes: z.int().positive().optional(),
      /** Of a target with an engine; the release repeats it. */
      engine: z
        .object({ array: z.string(), cyclesPerImage: z.int().positive(), imageBytes: z.int().positive() })
        .optional(),
    }),
  ),
  files: z.array(z.looseObject({ path: ArtifactPath, sha256: Digest, bytes: z.int().nonnegative() })),
});

/** `verification/verification.json`, as far as the gate reads it. */
const Verification = z.object({
  format: z.literal('dropforge-verification/1'),
  goldenImages: z.int().positive(),
  evaluationImages: z.int().positive(),
  trainerAccuracy: z.number().min(0).max(1).nullable().optional(),
  /** Why the native build did not run over the evaluation images. */
  accuracyError: Failure.optional(),
  targets: z.partialRecord(Target, z.looseObject({ ran: z.boolean(), error: Failure.optional() })),
});

/** Everything that the conversion handed over, parsed but not yet believed. */
export interface Evidence {
  readonly manifest: z.output<typeof Manifest>;
  /** The manifest as a file of the artifact, which holds a copy of it: it cannot name itself. */
  readonly manifestFile: { readonly path: string; readonly sha256: string; readonly bytes: number };
  readonly verification: z.output<typeof Verification>;
  readonly model: Uint8Array;
  readonly artifact: Uint8Array;
  /** Every file of the artifact, read from the archive itself; the same as the manifest lists. */
  readonly files: readonly InspectedFile[];
  readonly golden: Uint8Array;
  /** Of the evaluation images, by the native build; undefined: that build failed. */
  readonly evaluationLogits: Int32Array | undefined;
  readonly labels: Uint16Array;
  /** Golden logits by target that ran. */
  readonly goldenLogits: ReadonlyMap<Target, Int32Array>;
}

/** Reads the conversion's output; throws `EvidenceError` when a file is missing, malformed or not the one announced. */
export async function readEvidence(
  artifactPrefix: string,
  verificationPrefix: string,
  manifestDigest: string,
  ports: Ports,
): Promise<Evidence> {
  const need = async (key: string, maximumBytes: number) => {
    const bytes = await ports.readFile(key, maximumBytes);
    if (!bytes) throw new EvidenceError('OUTPUT_MISSING', 'A file of the conversion is not in the bucket.', key);
    return bytes;
  };
  const manifestKey = `${artifactPrefix}manifest.json`;
  const manifestBytes = await need(manifestKey, limits.json);
  if (sha256(manifestBytes) !== manifestDigest)
    throw new EvidenceError('MANIFEST_CHANGED', 'The manifest is not the one that the conversion wrote.', manifestKey);
  const verificationKey = `${verificationPrefix}verification.json`;
  const manifest = parse(Manifest, manifestBytes, manifestKey);
  const verification = parse(Verification, await need(verificationKey, limits.json), verificationKey);
  const model = await need(`${artifactPrefix}model.safetensors`, limits.model);
  if (sha256(model) !== manifest.modelDigest)
    throw new EvidenceError(
      'DIGEST_MISMATCH',
      'The model file is not the one in the manifest.',
      `${artifactPrefix}model.safetensors`,
    );
  const artifactKey = `${artifactPrefix}output.tar.gz`;
  const artifact = await need(artifactKey, limits.artifact);
  const files = await inspectFiles(artifact, manifest, manifestDigest, artifactKey);
  const goldenLogits = new Map<Target, Int32Array>();
  for (const target of Target.options) {
    const key = `${verificationPrefix}${target}.golden.i32`;
    if (verification.targets[target]?.ran) goldenLogits.set(target, toInt32(await need(key, limits.logits), key));
  }
  const evaluationKey = `${verificationPrefix}x86_64.evaluation.i32`;
  const evaluation = await ports.readFile(evaluationKey, limits.logits);
  const labelsKey = `${verificationPrefix}labels.u16`;
  return {
    manifest,
    manifestFile: { path: 'manifest.json', sha256: manifestDigest, bytes: manifestBytes.length },
    verification,
    model,
    goldenLogits,
    ...{ artifact, files },
    golden: await need(`${verificationPrefix}golden.u8`, limits.pixels),
    evaluationLogits: evaluation && toInt32(evaluation, evaluationKey),
    labels: toUint16(await need(labelsKey, limits.logits), labelsKey),
  };
}

/** The archive's files must be those of the manifest, no more and no fewer, and the manifest itself. */
async function inspectFiles(
  artifact: Uint8Array,
  { files, targets }: z.output<typeof Manifest>,
  manifestDigest: string,
  key: string,
): Promise<InspectedFile[]> {
  const stackBytes = Object.fromEntries(
    Object.entries(targets).map(([target, { stackBytes }]) => [target, stackBytes]),
  );
  const inspected = await inspectArtifact(artifact, stackBytes).catch((error: unknown) => {
    if (!(error instanceof ArtifactError)) throw error;
    throw new EvidenceError(error.code, error.message, key, { cause: error });
  });
  const missing = new Map([
    ...files.map(({ path, sha256 }) => [path, sha256] as const),
    ['manifest.json', manifestDigest],
  ]);
  for (const { path, sha256: digest } of inspected) {
    if (missing.get(path) !== digest) throw differs(`${path} is not the one in the manifest`, key);
    missing.delete(path);
  }
  const [absent] = missing.keys();
  if (absent !== undefined) throw differs(`${absent} is missing`, key);
  return inspected;
}

function differs(what: string, key: string): EvidenceError {
  return new EvidenceError('DIGEST_MISMATCH', `The artifact is not what the manifest says: ${what}.`, key);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parse<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array, key: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new EvidenceError('FILE_MALFORMED', 'A file of the conversion does not have its form.', key, { cause });
  }
}

/** Copies, since a view needs an aligned offset and a file's buffer may start anywhere. Little-endian, as every target here. */
function toInt32(bytes: Uint8Array, key: string): Int32Array {
  return new Int32Array(wholeNumbers(bytes, Int32Array.BYTES_PER_ELEMENT, key));
}

function toUint16(bytes: Uint8Array, key: string): Uint16Array {
  return new Uint16Array(wholeNumbers(bytes, Uint16Array.BYTES_PER_ELEMENT, key));
}

function wholeNumbers(bytes: Uint8Array, width: number, key: string): ArrayBuffer {
  if (bytes.length % width === 0) return Uint8Array.from(bytes).buffer;
  throw new EvidenceError('FILE_MALFORMED', `A file of ${width}-byte numbers has ${bytes.length} bytes.`, key);
}
