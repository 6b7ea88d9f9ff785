import { type ChildProcess, spawn } from 'node:child_process';
import { AgentFailure } from './agent-failure.ts';

/** The compiled model as a process that stays: images in, logits out. */
export interface Runner {
  /** One image of `imageBytes` bytes to one logit per class. One at a time; more wait in line. */
  predict(image: Uint8Array): Promise<Int32Array>;
  readonly pid: number | undefined;
  /** How many images wait or are being computed. */
  readonly waiting: number;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface RunnerCommand {
  /** What starts the runner on another architecture, such as `qemu-arm`; usually empty. */
  readonly prefix: readonly string[];
  readonly path: string;
  readonly directory: string;
  /** For one image, and for the self-test. */
  readonly timeoutMilliseconds: number;
}

interface Waiting {
  readonly image: Uint8Array;
  resolve(logits: Int32Array): void;
  reject(error: Error): void;
}

/** Starts `dropforge-run --serve-stdio`. */
export function startRunner(command: RunnerCommand, imageBytes: number, classes: number): Runner {
  const child = start(command, ['--serve-stdio'], 'pipe');
  const line: Waiting[] = [];
  const answerBytes = classes * 4;
  let answer: Buffer = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  let failure: AgentFailure | undefined;

  const fail = (error: AgentFailure) => {
    failure ??= error;
    clearTimeout(timer);
    for (const waiting of line.splice(0)) waiting.reject(failure);
    child.kill('SIGKILL');
  };
  const ask = () => {
    const [next] = line;
    if (!next) return;
    timer = setTimeout(() => fail(silent(command)), command.timeoutMilliseconds);
    child.stdin?.write(next.image);
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk]);
    if (answer.length < answerBytes) return;
    const done = answer.length === answerBytes ? line.shift() : undefined;
    if (!done) return fail(new AgentFailure('RUNNER_CRASHED', 'The runner wrote more than it was asked for.'));
    clearTimeout(timer);
    done.resolve(Int32Array.from({ length: classes }, (_, index) => answer.readInt32LE(index * 4)));
    answer = Buffer.alloc(0);
    ask();
  });
  child.stdin?.on('error', () => undefined); // the process is gone; its end is what counts
  const ended = endOf(child).then((how) => fail(new AgentFailure('RUNNER_CRASHED', `The runner ended: ${how}.`)));

  return {
    predict(image) {
      if (failure) return Promise.reject(failure);
      if (image.length !== imageBytes)
        return Promise.reject(new RangeError(`an image has ${imageBytes} bytes, not ${image.length}`));
      return new Promise((resolve, reject) => {
        line.push({ image, resolve, reject });
        if (line.length === 1) ask();
      });
    },
    pid: child.pid,
    get waiting() {
      return line.length;
    },
    ended,
    close: () => fail(new AgentFailure('RUNNER_CRASHED', 'The runner was stopped.')),
  };
}

/** Runs `dropforge-run --self-test`: it compares every golden image's logits bit for bit. */
export async function selfTest(command: RunnerCommand, images: string, logits: string): Promise<void> {
  const child = start(command, ['--self-test', images, logits], 'ignore');
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, command.timeoutMilliseconds);
  const how = await endOf(child);
  clearTimeout(timer);
  if (child.exitCode === 0) return;
  if (late) throw silent(command);
  // 1 is the runner's word for a difference; anything else means that it could not compare.
  if (child.exitCode !== 1) throw new AgentFailure('RUNNER_CRASHED', `The self-test ended: ${how}.`);
  throw new AgentFailure(
    'SELF_TEST_FAILED',
    `The golden images gave other logits than the reference (${how}).`,
    'Convert the model again.',
  );
}

function start({ prefix, path, directory }: RunnerCommand, options: string[], pipe: 'pipe' | 'ignore'): ChildProcess {
  const [program = path, ...rest] = [...prefix, path, ...options];
  const { PATH = '', DF_ENGINE } = process.env;
  // The runner needs nothing else of the agent's environment, least of all its credentials.
  return spawn(program, rest, {
    cwd: directory,
    env: { PATH, ...(DF_ENGINE !== undefined && { DF_ENGINE }) },
    stdio: [pipe, pipe, 'inherit'],
  });
}

/** How a process ended, in words; a program that could not be started counts as ended. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

function silent({ timeoutMilliseconds }: RunnerCommand): AgentFailure {
  return new AgentFailure('RUNNER_SILENT', `The runner gave no answer within ${timeoutMilliseconds / 1_000} seconds.`);
}
