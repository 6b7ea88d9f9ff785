import { createHash } from 'node:crypto';

/** A Greengrass v2 component recipe, as far as we use it. Keys are case-sensitive on nucleus lite. */
export interface ComponentRecipe {
  readonly RecipeFormatVersion: '2020-01-25';
  readonly ComponentName: string;
  readonly ComponentVersion: string;
  readonly ComponentDescription: string;
  readonly ComponentPublisher: string;
  readonly ComponentType: 'aws.greengrass.generic';
  readonly ComponentDependencies: Readonly<Record<string, { VersionRequirement: string; DependencyType: 'HARD' }>>;
  readonly Manifests: readonly Manifest[];
}

interface Manifest {
  readonly Name: string;
  readonly Platform: Readonly<Record<string, string>>;
  readonly Artifacts: readonly { Uri: string; Unarchive: 'NONE'; Permission: { Read: 'OWNER'; Execute: 'NONE' } }[];
  readonly Lifecycle: { readonly run: { readonly Script: string } };
}

export interface RecipeParts {
  readonly componentName: string;
  readonly componentVersion: string;
  readonly modelId: string;
  /** The signed delivery: a model can be delivered again by a retry, while its release stays as it is. */
  readonly delivery: string;
  readonly agentVersion: string;
  /** `s3://` URIs; the last part of each is the file's name on the device. */
  readonly agentUri: string;
  readonly artifactUri: string;
  readonly releaseUri: string;
  readonly iotEndpoint: string;
}

/** `runtime: "*"` is what lets nucleus lite take a component that the classic nucleus takes as well. */
const platforms = [
  { Name: 'x86_64', Platform: { os: 'linux', architecture: 'amd64', runtime: '*' } },
  { Name: 'aarch64', Platform: { os: 'linux', architecture: 'aarch64', runtime: '*' } },
  { Name: 'armv7l', Platform: { os: 'linux', architecture: 'arm', 'architecture.detail': 'armv7l', runtime: '*' } },
] as const;

/**
 * The recipe of a delivered model: the agent, the artifact and the release, started by the agent. The agent itself
 * picks its architecture's build, so the three manifests differ in nothing but the platform.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/component-recipe-reference.html
 */
export function componentRecipe(parts: RecipeParts): ComponentRecipe {
  const uris = [parts.agentUri, parts.artifactUri, parts.releaseUri];
  const artifacts = uris.map(
    (Uri) => ({ Uri, Unarchive: 'NONE', Permission: { Read: 'OWNER', Execute: 'NONE' } }) as const,
  );
  return {
    RecipeFormatVersion: '2020-01-25',
    ComponentName: parts.componentName,
    ComponentVersion: parts.componentVersion,
    ComponentDescription: `Dropforge model ${parts.modelId}`,
    ComponentPublisher: 'Dropforge',
    ComponentType: 'aws.greengrass.generic',
    // The agent signs its reports with the device role's credentials, which this component hands out.
    ComponentDependencies: {
      'aws.greengrass.TokenExchangeService': { VersionRequirement: '>=0.0.0', DependencyType: 'HARD' },
    },
    Manifests: platforms.map((platform) => ({
      ...platform,
      Artifacts: artifacts,
      Lifecycle: { run: { Script: script(parts) } },
    })),
  };
}

/**
 * `exec`: the nucleus's signals reach the agent. The flags keep Node.js small for boards with little memory: small
 * heaps, and no optimizing compiler, whose pages cost more than it gives to a program that waits.
 */
function script({ delivery, agentVersion, iotEndpoint, artifactUri, releaseUri }: RecipeParts): string {
  const file = (uri: string) => `"{artifacts:path}/${uri.slice(uri.lastIndexOf('/') + 1)}"`;
  return [
    'exec node --no-opt --max-old-space-size=48 --max-semi-space-size=1 "{artifacts:path}/agent.mjs"',
    `--release ${file(releaseUri)} --artifact ${file(artifactUri)}`,
    `--delivery "${delivery}"`,
    '--work "{work:path}" --thing "{iot:thingName}"',
    `--agent-version "${agentVersion}" --iot-endpoint "${iotEndpoint}"`,
  ].join(' ');
}

const longestSlug = 80;

/**
 * The component of a project. Component names take `[a-zA-Z0-9-_.]` and projects any text, so a name that had to be
 * changed carries a digest: two projects never share a component.
 */
export function componentNameOf(project: string): string {
  const slug = project
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, longestSlug);
  if (slug === project) return `dropforge.model.${slug}`;
  const digest = createHash('sha256').update(project).digest('hex').slice(0, 8);
  return `dropforge.model.${slug ? `${slug}-` : ''}${digest}`;
}
