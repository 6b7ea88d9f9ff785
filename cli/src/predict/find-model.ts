import type { FileLink, ModelView } from '@dropforge/api-contract';
import type { ApiClient } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';

export type ModelWithFiles = ModelView & { readonly files: readonly FileLink[] };

/** The model with this id, or the only one whose id begins so. */
export async function findModel(api: ApiClient, given: string): Promise<ModelWithFiles> {
  const { models } = await api.call('listModels', {});
  const ids = models.map(({ modelId }) => modelId);
  const found = ids.includes(given) ? [given] : ids.filter((modelId) => modelId.startsWith(given));
  const [modelId] = found;
  if (modelId !== undefined && found.length === 1) return api.call('showModel', { path: { modelId } });
  if (found.length > 1) {
    throw new CliError('usage', 'MODEL_AMBIGUOUS', `${found.length} models begin with "${given}".`, {
      action: `Give more of the id: ${found.slice(0, 3).join(', ')}.`,
    });
  }
  throw new CliError('notFound', 'NO_SUCH_MODEL', `There is no model ${given}.`, {
    action:
      ids.length === 0
        ? 'No model has passed the gate yet.'
        : '"dropforge models" lists the models that passed the gate.',
  });
}
