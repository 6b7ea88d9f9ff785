import { generateKeyPairSync, sign } from 'node:crypto';
import { modelValidated } from '@dropforge/events';
import { createMemoryDeviceStore, type Run } from '@dropforge/pipeline-state';
import type { ComponentRecipe } from './component-recipe.ts';
import type { CurrentDeployment, DeploymentOrder, Ports, Tags } from './ports.ts';

/** Ports in memory, with what a test wants to see: nothing here talks to anything. */
export function createFakePorts() {
  const devices = createMemoryDeviceStore();
  const groups = new Map<string, string[]>([['dropforge-devices', ['device-a', 'device-b']]]);
  const { modelId, modelDigest } = validated;
  const releases = new Map([[modelId, { modelId, modelDigest, digest: 'ef'.repeat(32) }]]);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const created = new Map<string, { recipe: ComponentRecipe; tags: Tags }>();
  const orders: (DeploymentOrder & { deploymentId: string })[] = [];
  const patches: string[] = [];
  const world = {
    agent: { version: '0.1.0-abc', key: 'agents/0.1.0-abc/agent.mjs' } as { version: string; key: string } | undefined,
    componentState: 'deployable' as Awaited<ReturnType<Ports['components']['create']>>,
    now: new Date('2026-01-01T00:10:00Z'),
  };
  const ports: Ports = {
    devices,
    fleet: {
      group: async (name) => {
        const things = groups.get(name);
        return things && { arn: `arn:aws:iot:eu-west-1:000000000000:thinggroup/${name}`, things };
      },
      dataEndpoint: async () => 'abc-ats.iot.eu-west-1.amazonaws.com',
    },
    releases: {
      read: async (modelId) => releases.get(modelId),
      agent: async () => world.agent,
      uri: (key) => `s3://dropforge/${key}`,
    },
    components: {
      async patchOf(componentName, runId, attempt) {
        const delivery = `${componentName} ${runId} ${attempt}`;
        if (!patches.includes(delivery)) patches.push(delivery);
        return patches.indexOf(delivery) + 1;
      },
      async create(recipe, tags) {
        created.set(`${recipe.ComponentName} ${recipe.ComponentVersion}`, { recipe, tags });
        return world.componentState;
      },
    },
    deployments: {
      async current(targetArn): Promise<CurrentDeployment | undefined> {
        return orders.findLast((order) => order.targetArn === targetArn);
      },
      async create(order) {
        const known = orders.find(({ clientToken }) => clientToken === order.clientToken);
        if (known) return known.deploymentId;
        const deploymentId = `deployment-${orders.length + 1}`;
        orders.push({ ...order, deploymentId });
        return deploymentId;
      },
      tags: async (deploymentId) => orders.find((order) => order.deploymentId === deploymentId)?.tags,
    },
    signer: { sign: async (message) => sign(null, message, privateKey) },
    now: () => world.now,
    silenceSeconds: 86_400,
  };
  return { ports, devices, groups, releases, created, orders, world, publicKey };
}

const validated = modelValidated.example;

/** A run whose model passed the gate. */
export function validatedRun(fields: Partial<Run> = {}, data: Partial<typeof validated> = {}): Run {
  const { runId, project, attempt } = validated;
  return {
    runId,
    project,
    state: 'awaiting-approval',
    attempt,
    revision: 5,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    facts: { 'model.validated': { ...validated, ...data } },
    history: [],
    outbox: [],
    nudges: 0,
    ...fields,
  };
}
