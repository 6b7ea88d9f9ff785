/** The actions about components. https://docs.aws.amazon.com/greengrass/v2/APIReference/API_Operations.html */
import { createHash } from 'node:crypto';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type RestAction, type RestRequest, required } from '../iot/rest-service.ts';
import { parseUri, Recipe } from './recipe.ts';
import type { Component, Store } from './store.ts';

export interface ComponentOptions {
  readonly region: string;
  readonly accountId: string;
  /** An object's bytes; undefined: there is no such object. */
  readonly readObject: (bucket: string, key: string) => Promise<Uint8Array | undefined>;
  readonly now: () => Date;
}

export function componentActions(store: Store, options: ComponentOptions): Record<string, RestAction> {
  const arnOf = (name: string, version: string) =>
    `arn:aws:greengrass:${options.region}:${options.accountId}:components:${name}:versions:${version}`;
  const component = ({ path }: RestRequest) => {
    const found = store.component(required(path.arn, 'arn'));
    if (!found) throw notFound('component', path.arn ?? '');
    return found;
  };
  return {
    'POST /greengrass/v2/createComponentVersion': async (request) => {
      const { inlineRecipe, tags } = request.json();
      const recipe = readRecipe(required(inlineRecipe, 'inlineRecipe'));
      const arn = arnOf(recipe.ComponentName, recipe.ComponentVersion);
      const conflict = { resourceId: arn, resourceType: 'component' };
      // A version never changes: what devices have downloaded must be what it says.
      if (store.component(arn))
        throw new AwsError(409, 'ConflictException', `Component [${arn}] already exists`, conflict);
      const created: Component = {
        arn,
        name: recipe.ComponentName,
        version: recipe.ComponentVersion,
        recipe,
        digests: await digestsOf(recipe, options),
        tags: tagsOf(tags),
        createdAt: seconds(options.now()),
      };
      store.putComponent(created);
      return { status: 201, body: summary(created) };
    },
    'GET /greengrass/v2/components/{arn}/metadata': (request) => {
      const found = component(request);
      const { ComponentPublisher: publisher, ComponentDescription: description, Manifests } = found.recipe;
      const platforms = Manifests.map(({ Platform }) => ({ attributes: Platform }));
      return { body: { ...summary(found), publisher, description, platforms, tags: found.tags } };
    },
    'GET /greengrass/v2/components/{arn}': (request) => {
      const found = component(request);
      const recipe = Buffer.from(JSON.stringify(withDigests(found))).toString('base64');
      return { body: { recipeOutputFormat: 'JSON', recipe, tags: found.tags } };
    },
    'GET /greengrass/v2/components/{arn}/versions': ({ path }) => {
      const name = /:components:([^:]+)$/.exec(required(path.arn, 'arn'))?.[1];
      const versions = name ? store.componentVersions(name) : [];
      return {
        body: {
          componentVersions: versions.map(({ arn, version }) => ({
            arn,
            componentName: name,
            componentVersion: version,
          })),
        },
      };
    },
  };
}

export function notFound(resourceType: string, resourceId: string): AwsError {
  const message = `${resourceType} [${resourceId}] does not exist`;
  return new AwsError(404, 'ResourceNotFoundException', message, { resourceId, resourceType });
}

/** Text by text; anything else is left away, as the SDK never sends it. */
export function tagsOf(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export const seconds = (time: Date) => time.getTime() / 1_000;

function readRecipe(base64: string): Recipe {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    throw refused('the recipe is not JSON, the one format that the embedded cloud reads');
  }
  const parsed = Recipe.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refused(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

async function digestsOf({ Manifests }: Recipe, { readObject }: ComponentOptions): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const { Uri } of Manifests.flatMap(({ Artifacts }) => Artifacts)) {
    if (digests[Uri]) continue;
    const { bucket, key } = parseUri(Uri);
    const bytes = await readObject(bucket, key);
    if (!bytes) throw refused(`cannot access the artifact ${Uri}`);
    digests[Uri] = createHash('sha256').update(bytes).digest('base64');
  }
  return digests;
}

function refused(why: string): AwsError {
  return new AwsError(400, 'ValidationException', `The component cannot be created: ${why}.`, {
    reason: 'FIELD_VALIDATION_FAILED',
  });
}

function summary({ arn, name, version, createdAt }: Component) {
  const status = { componentState: 'DEPLOYABLE', message: 'NONE', errors: {} };
  return { arn, componentName: name, componentVersion: version, creationTimestamp: createdAt, status };
}

function withDigests({ recipe, digests }: Component) {
  const Manifests = recipe.Manifests.map((manifest) => ({
    ...manifest,
    Artifacts: manifest.Artifacts.map(({ Uri }) => ({ Uri, Digest: digests[Uri], Algorithm: 'SHA-256' })),
  }));
  return { ...recipe, Manifests };
}
