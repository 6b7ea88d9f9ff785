/** Sees to it that the images of this checkout are in a stage's registry. */
import type { Account } from '../account.ts';
import { DeployError } from '../deploy-error.ts';
import { stackNameOf } from '../deploy-stage.ts';
import type { JobImage } from './job-images.ts';
import type { Registry } from './registry.ts';

/** An image and where it goes. */
export interface Order extends JobImage {
  /** `<repository>:<tag>` */
  readonly uri: string;
}

export interface BuildPorts {
  readonly account: Pick<Account, 'outputs'>;
  readonly registry: Pick<Registry, 'digestOf'>;
  /** Builds and pushes what is ordered; throws DeployError when it could not. */
  build(orders: readonly Order[], outputs: Readonly<Record<string, string>>): Promise<void>;
  say(line: string): void;
}

/**
 * Builds what the registry does not have yet. A second call has nothing to do.
 * @throws DeployError STACK_MISSING, IMAGE_MISSING, or what the builder says
 */
export async function buildImages(
  images: readonly JobImage[],
  { stage, region }: { readonly stage: string; readonly region: string },
  { account, registry, build, say }: BuildPorts,
): Promise<void> {
  const outputs = await account.outputs(stackNameOf(stage));
  const orders = images.map((image): Order => {
    const repository = outputs?.[image.repository];
    if (repository) return { ...image, uri: `${repository}:${image.tag}` };
    throw new DeployError(
      'STACK_MISSING',
      `There is no stack ${stackNameOf(stage)} with the output ${image.repository} in ${region}, so there is nowhere to put images.`,
      `Deploy it first: npm run deploy -- --stage ${stage} --region ${region}`,
    );
  });
  const missing: Order[] = [];
  for (const order of orders) {
    const digest = await find(order, registry);
    if (digest === undefined) missing.push(order);
    else say(`${order.name}: there already, ${order.uri} (${digest})`);
  }
  if (missing.length === 0) return;
  for (const { name, uri } of missing) say(`${name}: to build, ${uri}`);
  await build(missing, outputs ?? {});
  for (const order of missing) {
    const digest = await find(order, registry);
    if (digest === undefined) {
      throw new DeployError(
        'IMAGE_MISSING',
        `The build ended well, but ${order.uri} is not in the registry.`,
        'Look whether the log of the build names another repository, and run this again.',
      );
    }
    say(`${order.name}: built, ${order.uri} (${digest})`);
  }
}

function find({ uri, tag }: Order, registry: Pick<Registry, 'digestOf'>): Promise<string | undefined> {
  return registry.digestOf(uri.slice(0, -tag.length - 1), tag);
}
