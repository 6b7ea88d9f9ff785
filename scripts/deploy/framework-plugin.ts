/**
 * What the framework does not do by itself: bundle each function, and put the template's last corners right.
 * The framework loads it by the `plugins` of serverless.yml.
 * https://www.serverless.com/framework/docs/guides/plugins/creating-plugins
 */
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleFunctions } from './bundle-functions.ts';
import { finishTemplate, type Template } from './finish-template.ts';
import { writeZip, zipFunction } from './zip-function.ts';

/** As much of the framework as is used here. */
interface Framework {
  serviceDir: string;
  service: {
    functions: Record<string, FunctionDefinition>;
    custom: { functionCode: 'bundled' | 'none' };
    provider: { compiledCloudFormationTemplate: Template };
  };
}

interface FunctionDefinition {
  handler: string;
  /** The role's name, which the plugin for roles would otherwise make too long; finishTemplate takes it away. */
  iamRoleStatementsName?: string;
  package?: { artifact?: string };
}

export default class DropforgePlugin {
  readonly hooks: Record<string, () => Promise<void> | void>;

  constructor({ serviceDir, service }: Framework) {
    // The framework moves all of `.serverless` to the folder that `--package` names.
    const folder = join(serviceDir, '.serverless/functions');
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => {
        for (const definition of Object.values(service.functions)) definition.iamRoleStatementsName = 'unnamed';
        return bundle(serviceDir, service, folder);
      },
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        finishTemplate(service.provider.compiledCloudFormationTemplate),
    };
  }
}

async function bundle(serviceDir: string, { functions, custom }: Framework['service'], folder: string): Promise<void> {
  if (custom.functionCode === 'none') return leaveCodeAway(Object.values(functions), folder);
  // The framework may run in a folder of links; errors name the files themselves.
  const root = dirname(await realpath(join(serviceDir, 'services')));
  const sources = Object.entries(functions).map(([key, { handler }]) => ({ key, handler }));
  for (const one of await bundleFunctions(root, sources, folder)) {
    const definition = functions[one.key];
    if (definition === undefined) continue;
    definition.handler = one.handler;
    definition.package = { ...definition.package, artifact: await zipFunction(root, one) };
  }
}

/** A template that deploys nothing: quick, and whole whatever state the code is in. */
async function leaveCodeAway(functions: FunctionDefinition[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const artifact = join(folder, 'none.zip');
  await writeZip(artifact, []);
  for (const definition of functions) definition.package = { ...definition.package, artifact };
}
