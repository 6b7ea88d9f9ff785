import { Problem, type Route } from '@dropforge/handler-kit';
import { bucketKeys } from '@dropforge/pipeline-state';
import type { Ports } from '../ports.ts';

/** One model with links to its files. */
export const showModel: Route<Ports> = async ({ path }, { models, files }) => {
  const modelId = path.modelId ?? '';
  const model = /^[a-z0-9][a-z0-9-]{0,127}$/.test(modelId) ? await models.read(modelId) : undefined;
  if (!model) throw new Problem(404, 'NO_SUCH_MODEL', `There is no model ${modelId}. GET /models lists them.`);
  const prefix = bucketKeys.release(modelId);
  const links = await files.links([prefix]);
  return {
    status: 200,
    body: { ...model, files: links.map((link) => ({ ...link, name: link.name.slice(prefix.length) })) },
  };
};
