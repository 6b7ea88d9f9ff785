/** `npm run remove -- --stage dev [--region R] [--yes]`: removes a stage but for the bucket and the table. */
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { createAccount } from './account.ts';
import { readOptions } from './read-options.ts';
import { removeStage } from './remove-stage.ts';
import { runFramework } from './run-framework.ts';
import { runVerb } from './run-verb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await runVerb(async () => {
  const options = readOptions(root, process.argv.slice(2), process.env);
  await removeStage(options, {
    account: createAccount(options.region),
    runFramework: (chosen) => runFramework('remove', { root, ...chosen, code: false, show: true }),
    ask,
    say: (line) => console.log(line),
  });
});

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
