import { startAgent } from './agent.ts';
import { readOptions } from './options.ts';

/** The program of the component: runs until it is told to end, and ends by itself only to be started again. */
const log = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);

try {
  const agent = await startAgent(readOptions(process.argv.slice(2), process.env), { log });
  log(`AGENT_STARTED: predictions at ${agent.predictUrl}/predict`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void agent.close().then(() => process.exit(0)));
  }
  await agent.settled;
} catch (error) {
  log(`AGENT_ENDED: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
