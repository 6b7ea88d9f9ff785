/** The Dockerfiles of the repository, as paths below its root. */
export const dockerfiles = ['jobs/convert/Dockerfile', 'jobs/train/Dockerfile'] as const;
