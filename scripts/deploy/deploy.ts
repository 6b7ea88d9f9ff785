/** `npm run deploy -- --stage dev [--region R] [--param k=v]…`: packages, deploys, uploads the device agent. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishAgent } from '@dropforge/edge-agent';
import { createAccount } from './account.ts';
import { deployStage } from './deploy-stage.ts';
import { imageParameters } from './images/job-images.ts';
import { readOptions } from './read-options.ts';
import { runFramework } from './run-framework.ts';
import { runVerb } from './run-verb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await runVerb(async () => {
  const given = readOptions(root, process.argv.slice(2), process.env);
  const options = { ...given, parameters: { ...(await imageParameters(root)), ...given.parameters } };
  const folder = await mkdtemp(join(tmpdir(), 'dropforge-agent-'));
  try {
    await deployStage(options, {
      account: createAccount(options.region),
      runFramework: (chosen) => runFramework('deploy', { root, ...chosen, show: true }),
      publishAgent: (put) => publishAgent(put, folder),
      say: (line) => console.log(line),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
