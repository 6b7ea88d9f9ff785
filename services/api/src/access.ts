import type { HttpRequest } from '@dropforge/handler-kit';
import { problem } from './problem.ts';

type Caller = Pick<HttpRequest, 'projects'>;

/** Whether the caller may see what belongs to this project. */
export function maySee({ projects }: Caller, project: string): boolean {
  return projects === undefined || projects.includes(project);
}

/** Throws unless the caller may act for a project that the caller has named. */
export function checkProject(caller: Caller, project: string): void {
  if (maySee(caller, project)) return;
  throw problem('PROJECT_NOT_ALLOWED', 'Your token does not name this project in its claim dropforge_projects.');
}

/** Throws for a caller who is limited to projects: what is asked for belongs to none. */
export function checkUnlimited({ projects }: Caller): void {
  if (projects === undefined) return;
  throw problem('PROJECT_NOT_ALLOWED', 'Devices belong to no project, and your token is limited to some.');
}
