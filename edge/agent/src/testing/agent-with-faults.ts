import { startAgent } from '../agent.ts';
import { readOptions } from '../options.ts';

/**
 * The agent as a program whose plug is pulled: it ends itself with SIGKILL at the `FAULT_AT`-th place it comes to, or
 * wherever `FAULT_POINT` is, and prints each place, so that a test can count them.
 */
const faultAt = Number(process.env.FAULT_AT ?? 0);
let places = 0;

const agent = await startAgent(readOptions(process.argv.slice(2), process.env), {
  log: (line) => console.log(line),
  reached(point) {
    console.log(`REACHED: ${++places} ${point}`);
    if (places === faultAt || point === process.env.FAULT_POINT) process.kill(process.pid, 'SIGKILL');
  },
});
console.log(`AGENT_STARTED: ${agent.predictUrl}`);
process.once('SIGTERM', () => void agent.close().then(() => process.exit(0)));
await agent.settled;
console.log('AGENT_SETTLED');
