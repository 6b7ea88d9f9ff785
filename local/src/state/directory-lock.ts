/** One embedded cloud per directory. The lock is the operating system's, so a killed process leaves none behind. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process runs an embedded cloud on this directory. */
export class DirectoryInUseError extends Error {
  readonly code = 'DIRECTORY_IN_USE';

  constructor(directory: string, owner: string) {
    super(`An embedded cloud already runs on ${directory}${owner}. Use it, stop it, or choose another --directory.`);
    this.name = 'DirectoryInUseError';
  }
}

/** Name of the file that tells other programs where the running cloud answers. */
export const CLOUD_FILE = 'cloud.json';

/**
 * Takes the directory until `release` or the end of the process, however it ends.
 * @throws DirectoryInUseError if a living process has it.
 */
export function lockDirectory(directory: string): { release(): void } {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(path.join(directory, 'lock.sqlite'));
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message))
      throw new DirectoryInUseError(directory, owner(directory));
    throw error;
  }
  return { release: () => database.close() };
}

function owner(directory: string): string {
  try {
    const { pid, endpoints } = JSON.parse(readFileSync(path.join(directory, CLOUD_FILE), 'utf8'));
    return ` (process ${pid}, ${endpoints.aws})`;
  } catch {
    // The other cloud is just starting and has not written the file yet.
    return '';
  }
}
