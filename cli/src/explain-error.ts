import { CommanderError } from 'commander';
import { CliError } from './cli-error.ts';

/**
 * Turns anything that was thrown into what a person can read. A stack never gets further than here. `help`: what to do
 * about a command line that is wrong.
 */
export function explainError(error: unknown, help = 'dropforge --help lists commands and options.'): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) return usageError(error, help);
  if (isSystemError(error)) return systemError(error);
  if (error instanceof Error && error.name === 'AbortError')
    return new CliError('interrupted', 'INTERRUPTED', 'Interrupted.', { cause: error });
  return new CliError('defect', 'INTERNAL_ERROR', `Something went wrong that should not: ${messageOf(error)}`, {
    action: 'Set DROPFORGE_DEBUG=1 to see where, and report it.',
    cause: error,
  });
}

/** Commander writes "error: unknown option '--x'" and a suggestion on a line of its own. */
function usageError({ code, message }: CommanderError, help: string): CliError {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
  const stable = code.replace(/^commander\./, '').replaceAll(/([A-Z])/g, '_$1');
  const hint = more.join(' ').replace(/^\(|\)$/g, '');
  return new CliError('usage', stable.toUpperCase(), `${first.charAt(0).toUpperCase()}${first.slice(1)}.`, {
    action: hint || help,
  });
}

const systemCauses: Readonly<Record<string, readonly [message: string, action: string]>> = {
  ENOENT: ['There is no such file or folder.', 'Check the path.'],
  EACCES: ['The file or folder may not be read or written.', 'Check its permissions.'],
  EPERM: ['The file or folder may not be read or written.', 'Check its permissions.'],
  ENOTDIR: ['A part of the path is not a folder.', 'Check the path.'],
  EISDIR: ['It is a folder where a file is expected.', 'Check the path.'],
  EEXIST: ['It exists already.', 'Choose another name.'],
  ENOSPC: ['The disk is full.', 'Free some space and try again.'],
  EMFILE: ['Too many files are open.', 'Raise the limit (ulimit -n) and try again.'],
};

type SystemError = NodeJS.ErrnoException & { code: string };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in systemCauses;
}

function systemError(error: SystemError): CliError {
  const [message = error.message, action] = systemCauses[error.code] ?? [];
  const exit = error.code === 'ENOENT' ? 'notFound' : 'refused';
  return new CliError(exit, error.code, message, { where: error.path, action, cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
