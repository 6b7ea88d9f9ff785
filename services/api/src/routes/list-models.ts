import type { Route } from '@dropforge/handler-kit';
import type { RunStore } from '@dropforge/pipeline-state';
import type { Ports } from '../ports.ts';

/** The models that passed the gate. */
export const listModels: Route<Ports> = async ({ projects }, { models }, { runs }) => {
  const ids = await models.list();
  const own = projects && (await modelsOf(projects, runs));
  const shown = own ? ids.filter((modelId) => own.has(modelId)) : ids;
  return { status: 200, body: { models: shown.map((modelId) => ({ modelId })) } };
};

/** The runs of a project say which models are its own; a model's name alone does not. */
async function modelsOf(projects: readonly string[], runs: Pick<RunStore, 'list'>): Promise<ReadonlySet<unknown>> {
  const own = new Set<unknown>();
  let cursor: string | undefined;
  do {
    const page = await runs.list({ projects, limit: 200, ...(cursor ? { cursor } : {}) });
    for (const { facts } of page.runs) own.add(facts['model.validated']?.modelId);
    cursor = page.cursor;
  } while (cursor);
  return own;
}
