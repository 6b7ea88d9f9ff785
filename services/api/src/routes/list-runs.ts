import { routes } from '@dropforge/api-contract';
import { parseRequest, type Route } from '@dropforge/handler-kit';
import { maySee } from '../access.ts';
import type { Ports } from '../ports.ts';
import { summaryOf } from '../views.ts';

/** A page of runs, the newest first. */
export const listRuns: Route<Ports> = async (request, _ports, { runs: store }) => {
  const { project, limit, cursor } = parseRequest(routes.listRuns.query, request.query);
  const projects = project === undefined ? request.projects : [project].filter((one) => maySee(request, one));
  const page = await store.list({ limit, ...(projects ? { projects } : {}), ...(cursor ? { cursor } : {}) });
  return { status: 200, body: { runs: page.runs.map(summaryOf), ...(page.cursor ? { cursor: page.cursor } : {}) } };
};
