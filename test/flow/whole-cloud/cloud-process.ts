/** The same cloud in a process of its own, for tests that kill it: `node cloud-process.ts DIRECTORY`. */
import { startFlowCloud } from './start-flow-cloud.ts';

const [, , directory = ''] = process.argv;
await startFlowCloud(directory);
console.log('ready');
