/** The actions about deployments. A target has one deployment: a new one takes the place of the one before. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type RestAction, required } from '../iot/rest-service.ts';
import { type ComponentOptions, notFound, seconds, tagsOf } from './component-actions.ts';
import type { Deployment, Store } from './store.ts';

export function deploymentActions(
  store: Store,
  { region, accountId, now }: Pick<ComponentOptions, 'region' | 'accountId' | 'now'>,
  changed: () => void,
): Record<string, RestAction> {
  const find = (id: unknown) => {
    const deployment = store.deployment(required(id, 'deploymentId'));
    if (!deployment) throw notFound('deployment', String(id));
    return deployment;
  };
  const latest = (deployment: Deployment) =>
    latestFor(store, deployment.targetArn)?.deploymentId === deployment.deploymentId;
  const summary = (deployment: Deployment) => ({
    targetArn: deployment.targetArn,
    revisionId: String(deployment.revision),
    deploymentId: deployment.deploymentId,
    deploymentName: deployment.deploymentName,
    creationTimestamp: deployment.createdAt,
    deploymentStatus: deployment.status === 'ACTIVE' && !latest(deployment) ? 'INACTIVE' : deployment.status,
    isLatestForTarget: latest(deployment),
  });
  const describe = (deployment: Deployment) => ({
    ...summary(deployment),
    iotJobId: deployment.deploymentId,
    components: deployment.components,
    deploymentPolicies: deployment.deploymentPolicies,
    tags: deployment.tags,
  });
  return {
    'POST /greengrass/v2/deployments': (request) => {
      const body = request.json();
      const clientToken = typeof body.clientToken === 'string' ? body.clientToken : undefined;
      const known = clientToken && store.deployments().find((deployment) => deployment.clientToken === clientToken);
      const deployment = known || {
        deploymentId: randomUUID(),
        targetArn: required(body.targetArn, 'targetArn'),
        deploymentName: typeof body.deploymentName === 'string' ? body.deploymentName : '',
        components: readComponents(body.components, (name, version) =>
          store.component(`arn:aws:greengrass:${region}:${accountId}:components:${name}:versions:${version}`),
        ),
        deploymentPolicies: readPolicies(body.deploymentPolicies),
        ...(clientToken ? { clientToken } : {}),
        tags: tagsOf(body.tags),
        status: 'ACTIVE' as const,
        revision: store.deployments().length + 1,
        createdAt: seconds(now()),
      };
      if (!known) store.putDeployment(deployment);
      changed();
      return { status: 201, body: { deploymentId: deployment.deploymentId, iotJobId: deployment.deploymentId } };
    },
    'GET /greengrass/v2/deployments': ({ query }) => {
      const target = query.get('targetArn');
      const all = query.get('historyFilter') === 'ALL';
      const limit = Number(query.get('maxResults') ?? 50) || 50;
      const fits = store.deployments().filter((one) => (!target || one.targetArn === target) && (all || latest(one)));
      // AWS's tokens are opaque; ours is the place where the next page starts.
      const start = Number(query.get('nextToken') ?? 0) || 0;
      const next = start + limit < fits.length ? { nextToken: String(start + limit) } : {};
      return { body: { deployments: fits.slice(start, start + limit).map(summary), ...next } };
    },
    'GET /greengrass/v2/deployments/{deploymentId}': ({ path }) => ({ body: describe(find(path.deploymentId)) }),
    'POST /greengrass/v2/deployments/{deploymentId}/cancel': ({ path }) => {
      store.putDeployment({ ...find(path.deploymentId), status: 'CANCELED' });
      changed();
      return { body: { message: 'The deployment was canceled.' } };
    },
    'POST /tags/{resourceArn}': (request) => {
      const arn = required(request.path.resourceArn, 'resourceArn');
      const tags = tagsOf(request.json().tags);
      const component = store.component(arn);
      if (component) store.putComponent({ ...component, tags: { ...component.tags, ...tags } });
      else {
        const deployment = find(arn.slice(arn.lastIndexOf(':') + 1));
        store.putDeployment({ ...deployment, tags: { ...deployment.tags, ...tags } });
      }
      return { body: {} };
    },
  };
}

/** The deployment that a target is to have; a canceled one counts, so that its predecessor does not come back. */
export function latestFor(store: Store, targetArn: string): Deployment | undefined {
  return store.latestDeployment(targetArn);
}

/** Components of ours must exist; AWS's own (`aws.…`) are taken as part of the device. */
function readComponents(value: unknown, find: (name: string, version: string) => unknown): Deployment['components'] {
  const entries = Object.entries((value ?? {}) as Record<string, { componentVersion?: unknown }>); // each is checked here
  return Object.fromEntries(
    entries.map(([name, component]) => {
      const componentVersion = required(component?.componentVersion, `components.${name}.componentVersion`);
      if (!name.startsWith('aws.') && !find(name, componentVersion))
        throw notFound('component', `${name}:${componentVersion}`);
      return [name, { componentVersion }];
    }),
  );
}

function readPolicies(value: unknown): Deployment['deploymentPolicies'] {
  const { failureHandlingPolicy = 'ROLLBACK' } = (value ?? {}) as Record<string, unknown>; // checked below
  if (failureHandlingPolicy === 'ROLLBACK' || failureHandlingPolicy === 'DO_NOTHING') return { failureHandlingPolicy };
  throw new AwsError(400, 'ValidationException', 'failureHandlingPolicy is ROLLBACK or DO_NOTHING.');
}
