/** `npm run bitstream -- --stage dev [--region R] [--from FOLDER] [--version X.Y.Z]`: makes a bitstream a component. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MakeComponentError, makeComponent } from '../../edge/gateware/board/src/make-component.ts';
import { createAccount } from './account.ts';
import { DeployError } from './deploy-error.ts';
import { publishBitstream } from './publish-bitstream.ts';
import { readOptions } from './read-options.ts';
import { runVerb } from './run-verb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await runVerb(async () => {
  const { from, version, ...place } = readArguments();
  const given = Object.entries(place).flatMap(([name, value]) => [`--${name}`, value]);
  const options = readOptions(root, given, process.env);
  await publishBitstream(options, {
    account: createAccount(options.region),
    makeComponent: (bucket) => explained(() => makeComponent(from, bucket, version)),
    say: (line) => console.log(line),
  });
});

function readArguments() {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { stage: text, region: text, from: text, version: text } });
    return { ...values, from: resolve(values.from ?? join(root, '.build/bitstream/64x64')) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError('ARGUMENT_UNKNOWN', reason, 'Known are --stage, --region, --from and --version.');
  }
}

/** What keeps a component from being made is told as what keeps a deployment from going on. */
function explained<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof MakeComponentError) throw new DeployError(error.code, error.message, error.action);
    throw error;
  }
}
