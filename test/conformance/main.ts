/** `npm run conformance`: other people's opinions on what we imitate and on what we deploy. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lintDockerfiles } from '../images/hadolint.ts';
import { fuzzApi } from './api/schemathesis.ts';
import { type Result, runSteps, type Step } from './checks.ts';
import { runOnMoto } from './moto/contract-suites.ts';
import { checkProvisioning } from './provisioning/index.ts';
import { checkBrevitas } from './qonnx/index.ts';
import { remoteSteps } from './remote.ts';
import { checkRequests } from './requests/index.ts';
import { lintTemplates } from './template/lint-templates.ts';
import { type VirtualEnvironment, virtualEnvironment } from './virtual-environment.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

try {
  const steps = process.env.REMOTE === '1' ? await remoteSteps(process.env, console.log) : localSteps();
  const isGood = await runSteps(steps, console.log);
  process.exit(isGood ? 0 : 1); // a step that broke off may have left a server behind
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function localSteps(): Step[] {
  const environment = virtualEnvironment(
    join(root, '.dropforge/conformance-venv'),
    join(root, 'test/conformance/requirements.txt'),
  );
  return [
    withPython(environment, 'the contract suites on moto', (bin) => runOnMoto(join(bin, 'python'))),
    withPython(environment, "requests against AWS's own models", (bin) => checkRequests(join(bin, 'python'))),
    { name: 'the packaged template', run: () => lintTemplates(environment.bin) },
    withPython(environment, 'the Dockerfiles', (bin) => lintDockerfiles(bin, root)),
    withPython(environment, 'the HTTP API', (bin) => fuzzApi(bin, join(root, 'docs/openapi.json'))),
    { name: 'QONNX exports of Brevitas', run: () => checkBrevitas(root) },
    { name: 'the provisioning of devices', run: () => checkProvisioning(root) },
  ];
}

/** A step that needs what comes from PyPI; without it, one skipped check. */
function withPython(environment: VirtualEnvironment, name: string, run: (bin: string) => Promise<Result[]>): Step {
  const { bin } = environment;
  if (bin !== undefined) return { name, run: () => run(bin) };
  return { name, run: async () => [{ name, outcome: 'skipped', detail: environment.reason }] };
}
