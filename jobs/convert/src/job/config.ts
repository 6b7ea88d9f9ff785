import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { isTargetName } from '../targets/index.ts';
import { JobFailure } from './job-failure.ts';

/** `conversion.json`: what to convert, for whom, for which machines. */
const ConversionConfig = z.object({
  format: z.literal('dropforge-conversion/1'),
  runId: z.string().regex(/^run-[a-z2-7]{20}$/),
  modelName: z.string().min(1).max(128),
  classes: z.array(z.string().min(1).max(256)).min(1).max(4096),
  targets: z
    .array(z.string().refine(isTargetName, 'is not a target: x86_64, aarch64, armv7l and fpga are'))
    .min(1)
    .refine((targets) => new Set(targets).size === targets.length, 'names a target twice'),
  datasetDigest: z.string().regex(/^[0-9a-f]{64}$/),
  training: z.record(z.string(), z.unknown()).default({}),
});
export type ConversionConfig = z.infer<typeof ConversionConfig>;

const MAXIMUM_CONFIG_BYTES = 4 * 1024 * 1024;

/** Reads and checks the configuration. All faults are named at once. */
export async function readConfig(path: string): Promise<ConversionConfig> {
  const { size } = await stat(path).catch(() => {
    throw unusable('there is no conversion.json in the config channel');
  });
  if (size > MAXIMUM_CONFIG_BYTES) throw unusable(`conversion.json has ${size} bytes`);
  const parsed = ConversionConfig.safeParse(parseJson(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw unusable(
    parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'file'}: ${message}`).join('; '),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('conversion.json is not JSON');
  }
}

function unusable(what: string): JobFailure {
  return new JobFailure(
    'data',
    'CONFIG_INVALID',
    `The conversion configuration cannot be used: ${what}`,
    'Correct the configuration and start a new job.',
  );
}
