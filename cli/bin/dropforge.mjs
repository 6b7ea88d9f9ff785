#!/usr/bin/env node
/**
 * The `dropforge` command. The program is TypeScript, which Node 22 and newer run as it is; an older Node hands over to
 * the project's own. Plain JavaScript without dependencies, since it must start on whatever Node there is.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ownNode = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// Types are stripped without a flag from 22.18 and from 23.6 on. https://nodejs.org/api/typescript.html#type-stripping
const stripsTypes = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
const node = stripsTypes ? process.execPath : ownNode;

if (!existsSync(node)) {
  console.error(
    `error: Node ${process.versions.node} cannot run this program. (NODE_TOO_OLD)\n  do: Run "npm ci" in ${fileURLToPath(new URL('../..', import.meta.url))}, which brings Node 22, or use Node 22.18 or newer.`,
  );
  process.exit(70);
}

const child = spawn(node, ['--disable-warning=ExperimentalWarning', program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A terminal signals the whole group, so the child knows already; others signal this process alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`error: ${node} could not be started: ${error.message} (NODE_NOT_STARTED)`);
  process.exit(70);
});
child.on('exit', (status, signal) => process.exit(status ?? 128 + (constants.signals[signal] ?? 0)));
