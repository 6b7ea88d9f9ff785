/** Failure reasons in SageMaker's words: its own cause first, then what the program or the machine said. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
const longestReason = 1024;

/** The program ended badly. `said`: what it left in `output/failure`. */
export function algorithmError(said: string | undefined, exitCode: number): string {
  const code = `, exit code: ${exitCode}`;
  return `${`AlgorithmError: ${said ?? ''}`.slice(0, longestReason - code.length)}${code}`;
}

/** Files could not be brought or taken, or the program could not be started. */
export function clientError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return `ClientError: ${message}`.slice(0, longestReason);
  const reason = {
    cause: 'disk',
    code: 'DISK_FULL',
    message: `The disk of this machine is full: ${message.slice(0, 300)}`,
    action: 'Free disk space, then retry the run: training goes on from its newest checkpoint.',
  };
  return `ClientError: ${JSON.stringify(reason)}`;
}

/** The beginning of a text that a job left, cut between characters; undefined if it left no such file. */
export function readLeft(file: string, bytes: number): string | undefined {
  let descriptor: number;
  try {
    // Not a link, which could point anywhere, and not a pipe, which would wait for a writer.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    if (!fstatSync(descriptor).isFile()) return undefined;
    const buffer = Buffer.alloc(bytes);
    const length = readSync(descriptor, buffer, 0, bytes, 0);
    return new TextDecoder().decode(buffer.subarray(0, length), { stream: true });
  } finally {
    closeSync(descriptor);
  }
}
