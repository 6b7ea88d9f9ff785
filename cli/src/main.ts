/** The `dropforge` process: the real terminal, signals, and the exit code. */
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal/process-terminal.ts';

const interrupt = new AbortController();
const stop = () => {
  if (interrupt.signal.aborted) process.exit(130); // the second Ctrl-C means now
  interrupt.abort();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// `dropforge runs | head` closes the pipe early, which is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(),
  environment: process.env,
  directory: process.cwd(),
  signal: interrupt.signal,
});
