import type { Run } from '@dropforge/pipeline-state';
import { z } from 'zod';
import { EvidenceError } from './evidence-error.ts';
import type { Ports } from './ports.ts';

const share = z.number().min(0).max(1);

/** `policy.json`, as the config-renderer wrote it: what the model must reach, and where it goes. */
const Policy = z.object({
  format: z.literal('dropforge-policy/1'),
  gates: z.object({
    requiredTargets: z.array(z.string()),
    minimumGoldenImages: z.int().positive(),
    minimumAccuracy: share,
    maximumAccuracyDrop: share,
    maximumModelBytes: z.int().positive(),
    maximumArtifactBytes: z.int().positive(),
  }),
  deployment: z.object({ to: z.string().min(1), approval: z.enum(['auto', 'manual']) }).nullable(),
});

const maximumBytes = 64 * 1024;

/** Reads the policy beside the run's configuration. */
export async function readPolicy(run: Run, ports: Ports): Promise<z.output<typeof Policy>> {
  const configKey = String(run.facts['config.rendered']?.configKey ?? '');
  const key = `${configKey.slice(0, configKey.lastIndexOf('/') + 1)}policy.json`;
  const bytes = await ports.readFile(key, maximumBytes);
  if (!bytes) throw new EvidenceError('POLICY_MISSING', 'The gate policy of the run is not in the bucket.', key);
  return Policy.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}
