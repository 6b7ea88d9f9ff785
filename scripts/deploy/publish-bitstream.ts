/** Puts a bitstream's component into an account. Which boards get it is a deployment of its own, which a person makes. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { MadeComponent } from '../../edge/gateware/board/src/make-component.ts';
import type { Account } from './account.ts';
import { DeployError } from './deploy-error.ts';
import { stackNameOf } from './deploy-stage.ts';

export interface PublishPorts {
  readonly account: Account;
  /** Makes the component for a bucket. */
  makeComponent(bucket: string): MadeComponent;
  say(line: string): void;
}

/**
 * The artifacts come first: Greengrass reads them when the component is created, and keeps their digests.
 * @throws DeployError STACK_MISSING, COMPONENT_EXISTS or what keeps a person from AWS
 */
export async function publishBitstream(
  { stage, region }: { readonly stage: string; readonly region: string },
  { account, makeComponent, say }: PublishPorts,
): Promise<void> {
  const bucket = (await account.outputs(stackNameOf(stage)))?.BucketName;
  if (!bucket) {
    throw new DeployError(
      'STACK_MISSING',
      `There is no stack ${stackNameOf(stage)} in ${region}.`,
      'Deploy it first: npm run deploy.',
    );
  }
  const { recipe, files, keyPrefix } = makeComponent(bucket);
  for (const file of files) {
    await account.putObject(bucket, `${keyPrefix}${basename(file)}`, await readFile(file), 'application/octet-stream');
  }
  const arn = await account.createComponent(recipe);
  const component = `{"${recipe.ComponentName}":{"componentVersion":"${recipe.ComponentVersion}"}}`;
  say(`Created ${arn}.`);
  say('Deploy it to a thing group of DE10-Nanos alone, one board first:');
  say(
    `  aws greengrassv2 create-deployment --region ${region} --target-arn <ARN of the thing or group> --components '${component}'`,
  );
}
