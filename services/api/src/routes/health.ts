import type { Route } from '@dropforge/handler-kit';
import type { Ports } from '../ports.ts';

/** Asks the table and the bucket; a dead one makes the route fail. */
export const health: Route<Ports> = async (_request, { files }, { runs }) => {
  await Promise.all([runs.list({ limit: 1 }), files.check()]);
  return { status: 200, body: { status: 'ok', checks: { table: 'ok', bucket: 'ok' } } };
};
