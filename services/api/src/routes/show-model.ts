import type { ModelView } from '@dropforge/api-contract';
import type { HttpRequest, Route } from '@dropforge/handler-kit';
import { bucketKeys, type RunStore } from '@dropforge/pipeline-state';
import { maySee } from '../access.ts';
import type { Ports } from '../ports.ts';
import { problem } from '../problem.ts';

/** One model with links to its files. */
export const showModel: Route<Ports> = async (request, { models, files }, { runs }) => {
  const modelId = request.path.modelId ?? '';
  const model = /^[a-z0-9][a-z0-9-]{0,127}$/.test(modelId) ? await models.read(modelId) : undefined;
  if (!model || !(await maySeeModel(request, model, runs)))
    throw problem('NO_SUCH_MODEL', 'There is no such model. GET /models lists them.');
  const prefix = bucketKeys.release(modelId);
  const links = await files.links([prefix]);
  return {
    status: 200,
    body: { ...model, files: links.map((link) => ({ ...link, name: link.name.slice(prefix.length) })) },
  };
};

/** A model is seen by whoever may see the run that made it. */
async function maySeeModel(request: HttpRequest, { runId }: ModelView, runs: Pick<RunStore, 'read'>): Promise<boolean> {
  if (request.projects === undefined) return true;
  const run = await runs.read(runId);
  return run !== undefined && maySee(request, run.project);
}
