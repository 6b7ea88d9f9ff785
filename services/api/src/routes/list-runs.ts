import { routes } from '@dropforge/api-contract';
import { parseRequest, type Route } from '@dropforge/handler-kit';
import type { Ports } from '../ports.ts';
import { summaryOf } from '../views.ts';

/** A page of runs, the newest first. */
export const listRuns: Route<Ports> = async ({ query }, _ports, { runs: store }) => {
  const { project, limit, cursor } = parseRequest(routes.listRuns.query, query);
  const page = await store.list({ limit, ...(project ? { project } : {}), ...(cursor ? { cursor } : {}) });
  return { status: 200, body: { runs: page.runs.map(summaryOf), ...(page.cursor ? { cursor: page.cursor } : {}) } };
};
