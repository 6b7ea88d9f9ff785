/** What the run left in the bucket, read back as a user would: nothing is taken from the demo's own memory. */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';

const Compared = z.object({
  status: z.string(),
  golden: z.object({ agree: z.boolean(), images: z.int() }).optional(),
  message: z.string().optional(),
});
const Decision = z.object({
  evidence: z.object({
    targets: z.record(z.string(), Compared),
    kernels: z.record(z.string(), Compared).default({}),
  }),
});
const Engine = z.object({ array: z.string(), cyclesPerImage: z.int() });
const Verification = z.object({
  accuracy: z.number().nullable(),
  evaluationImages: z.int(),
  targets: z.record(
    z.string(),
    z.object({
      ran: z.boolean(),
      millisecondsPerImage: z.number().optional(),
      emulated: z.boolean().optional(),
      engine: Engine.optional(),
    }),
  ),
});

const Release = z.object({ classes: z.array(z.string()) });

export interface TargetResult {
  readonly agree: boolean;
  readonly images: number;
  /** Milliseconds per inference; null: it did not run. */
  readonly ms: number | null;
  readonly emulated: boolean;
  /** Of a target that has one: what counts is its cycles, since its time here is that of a simulation. */
  readonly engine?: z.output<typeof Engine> | undefined;
}

export interface Evidence {
  readonly accuracy: number | null;
  readonly evaluationImages: number;
  readonly targets: Record<string, TargetResult>;
  /** Builds of the WebAssembly kernels, which the gate ran itself. */
  readonly kernels: Record<string, Pick<TargetResult, 'agree' | 'images'>>;
  /** Golden images, one after the other, and the label of each. */
  readonly pixels: Uint8Array;
  readonly labels: Uint16Array;
  /** Class names by label. */
  readonly classes: readonly string[];
}

export async function readEvidence(
  s3: S3Client,
  Bucket: string,
  runId: string,
  modelId: string,
  attempt: number,
): Promise<Evidence> {
  const read = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
  const json = async (key: string): Promise<unknown> => JSON.parse(Buffer.from(await read(key)).toString('utf8'));
  const verified = `runs/${runId}/verification/t${attempt}/`;
  const { evidence } = Decision.parse(await json(`models/${modelId}/decision.json`));
  const { accuracy, evaluationImages, targets } = Verification.parse(await json(`${verified}verification.json`));
  const results = Object.entries(evidence.targets).map(([name, { golden }]): [string, TargetResult] => {
    const { millisecondsPerImage: ms = null, emulated = false, engine } = targets[name] ?? {};
    return [name, { agree: golden?.agree ?? false, images: golden?.images ?? 0, ms, emulated, engine }];
  });
  const kernels = Object.entries(evidence.kernels).map(([build, { golden }]) => {
    return [build, { agree: golden?.agree ?? false, images: golden?.images ?? 0 }];
  });
  const { classes } = Release.parse(await json(`models/${modelId}/release.json`));
  const labels = new Uint16Array(Uint8Array.from(await read(`${verified}labels.u16`)).buffer);
  return {
    accuracy,
    evaluationImages,
    targets: Object.fromEntries(results),
    kernels: Object.fromEntries(kernels),
    pixels: await read(`${verified}golden.u8`),
    labels,
    classes,
  };
}
