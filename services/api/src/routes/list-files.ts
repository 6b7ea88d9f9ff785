import type { Route } from '@dropforge/handler-kit';
import { findRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Links to what a run wrote. Checkpoints are the trainer's own business. */
export const listFiles: Route<Ports> = async (request, { files }, { runs }) => {
  const { runId } = await findRun(request, runs);
  const prefixes = ['report', 'config', 'model', 'artifact', 'verification'].map((part) => `runs/${runId}/${part}/`);
  const links = await files.links(prefixes);
  return {
    status: 200,
    body: { files: links.map((link) => ({ ...link, name: link.name.slice(`runs/${runId}/`.length) })) },
  };
};
