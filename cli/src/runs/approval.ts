import type { RunView } from '@dropforge/api-contract';
import { z } from 'zod';
import type { ApiClient } from '../api/api-client.ts';
import { downloadBytes } from '../api/download.ts';

const Policy = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ deployment: z.object({ approval: z.enum(['auto', 'manual']) }).nullable() }));
const POLICY_BYTES_MAX = 1 << 20;

/**
 * Whether a run that awaits approval waits for a person. A recipe may leave the approval to the gate, and then the run
 * passes this state by itself; its policy, which it wrote before the training, says so.
 */
export async function waitsForPerson(api: ApiClient, { runId, attempt }: RunView): Promise<boolean> {
  const { files } = await api.call('listFiles', { path: { runId } });
  // A retry that goes on after the configuration keeps that of an earlier attempt.
  for (let earlier = attempt; earlier > 0; earlier--) {
    const link = files.find(({ name }) => name === `config/t${earlier}/policy.json`);
    if (!link) continue;
    const policy = Policy.safeParse((await downloadBytes(link, POLICY_BYTES_MAX)).toString('utf8'));
    return !policy.success || policy.data.deployment?.approval === 'manual';
  }
  return true;
}
