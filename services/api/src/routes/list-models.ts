import type { Route } from '@dropforge/handler-kit';
import type { Ports } from '../ports.ts';

/** The models that passed the gate. */
export const listModels: Route<Ports> = async (_request, { models }) => {
  const ids = await models.list();
  return { status: 200, body: { models: ids.map((modelId) => ({ modelId })) } };
};
