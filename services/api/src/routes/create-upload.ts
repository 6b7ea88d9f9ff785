import { routes } from '@dropforge/api-contract';
import { readDropKey } from '@dropforge/datasets/drops';
import { parseRequest, type Route } from '@dropforge/handler-kit';
import { checkProject } from '../access.ts';
import type { Ports } from '../ports.ts';
import { problem } from '../problem.ts';

/** Gives a link for one archive. Its arrival in `drops/` starts the run, so nothing is recorded here. */
export const createUpload: Route<Ports> = async (request, { files }) => {
  const { project, drop, fileName } = parseRequest(routes.createUpload.body, request.body);
  checkProject(request, project);
  const key = `drops/${project}/${drop}/${fileName}`;
  const object = readDropKey(key);
  if (!('path' in object)) {
    const why = 'unsafe' in object ? object.unsafe : object.other;
    throw problem('KEY_UNFIT', `The key ${key} ${why}. Choose other names.`);
  }
  return { status: 201, body: { key, ...(await files.uploadLink(key)) } };
};
