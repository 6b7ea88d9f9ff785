import { type Command, CommanderError } from 'commander';
import { type CliError, exitCodes } from './cli-error.ts';
import type { Context } from './context.ts';
import { explainError } from './explain-error.ts';
import { createProgram, type GlobalOptions, type Outcome } from './program.ts';
import { describeReasons } from './terminal/reasons.ts';
import { createScreen, type Terminal } from './terminal/terminal.ts';
import { jsonText } from './terminal/text.ts';

/** The world around the command: the process has the real one, tests have theirs. */
export interface World {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly now?: () => Date;
  readonly pollMilliseconds?: number;
}

/** Runs one command line (without `node` and the program's name); gives the exit code and never throws. */
export async function runCli(args: readonly string[], world: World): Promise<number> {
  const { terminal, environment } = world;
  const screen = createScreen(terminal, environment);
  let outcome: Outcome;
  const program = createProgram(async (globals, work) => {
    outcome = (await work(createContext(globals, world, screen))) as Outcome; // void is undefined, and means well
  });
  settle(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    screen.status('');
    return exitCodes[outcome ?? 'ok'];
  } catch (error) {
    screen.status('');
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help
    const told = explainError(error, helpFor(program, args));
    const hasHelp = error instanceof CommanderError && error.code === 'commander.help';
    if (!hasHelp) tellError(told, args.includes('--json'), world, screen);
    if (environment.DROPFORGE_DEBUG === '1') terminal.writeError(`${stackOf(error)}\n`);
    return exitCodes[told.exit];
  }
}

function createContext(globals: GlobalOptions, world: World, screen: Context['screen']): Context {
  const { terminal, environment, directory, signal, now = () => new Date(), pollMilliseconds = 1_000 } = world;
  return {
    ...{ terminal, screen, environment, directory, signal, now, pollMilliseconds },
    json: globals.json === true,
    async connect() {
      // The SDK takes longer to load than most commands to run.
      const [{ findCloud }, { connectApi }] = await Promise.all([
        import('./cloud/find-cloud.ts'),
        import('./cloud/connect.ts'),
      ]);
      const cloud = await findCloud(globals, environment, directory);
      return { cloud, api: connectApi(cloud, signal) };
    },
  };
}

/** Names the command that the line is about, as far as it names one. */
function helpFor(program: Command, args: readonly string[]): string | undefined {
  const named: string[] = [];
  let command: Command | undefined = program;
  for (const arg of args) {
    const child: Command | undefined = command.commands.find((one) => one.name() === arg);
    if (!child) continue;
    command = child;
    named.push(arg);
  }
  return named.length > 0 ? `dropforge ${named.join(' ')} --help says what it takes.` : undefined;
}

/** Commander throws instead of ending the process, and writes where the terminal says. */
function settle(command: Command, terminal: Terminal): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: terminal.write,
    writeErr: terminal.writeError,
    outputError: () => {}, // told once, in our own form
    getOutHelpWidth: () => terminal.columns,
    getErrHelpWidth: () => terminal.columns,
  });
  for (const child of command.commands) settle(child, terminal);
}

/** What happened, where, what to do. */
function tellError(error: CliError, isJson: boolean, { terminal }: World, screen: Context['screen']): void {
  const { code, message, where, action, reasons, exit } = error;
  if (isJson) {
    terminal.writeError(
      `${jsonText({ error: { code, message, where, action, reasons, exitCode: exitCodes[exit] } })}\n`,
    );
    return;
  }
  screen.note(`error: ${message} (${code})`, 'bad');
  if (where) screen.note(`  where: ${where}`);
  for (const line of describeReasons(reasons)) screen.note(`  ${line}`);
  if (action) screen.note(`  do: ${action}`);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`}`;
}
