/** Devices in simulated time: each takes what is deployed to it and says so, as nucleus and agent do. */
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import type { AgentReport } from '@dropforge/events';
import type { DeviceOptions, VirtualDevice } from '@dropforge/local';
import type { SimulatedTime } from '../simulated-time.ts';
import type { Work } from './work.ts';

export type DeviceBehaviour = 'commits' | 'reverts' | 'cannot install';

export interface SimulatedDeviceOptions {
  readonly time: SimulatedTime;
  readonly work: Work;
  readonly behaviourOf: (thing: string) => DeviceBehaviour;
}

type Deployment = NonNullable<ReturnType<DeviceOptions['wanted']>>;

const minute = 60_000;

export function simulatedDevices({ time, work, behaviourOf }: SimulatedDeviceOptions) {
  return (options: DeviceOptions): VirtualDevice => {
    const { thing, store, wanted, log } = options;
    const taken = new Set<string>();

    async function take(deployment: Deployment): Promise<void> {
      const behaviour = behaviourOf(thing);
      if (behaviour !== 'cannot install') await report(deployment, behaviour);
      const status = behaviour === 'cannot install' ? 'FAILED' : 'SUCCEEDED';
      conclude(deployment, status, options);
      const seconds = time.now() / 1_000;
      store.putExecution({ thing, deploymentId: deployment.deploymentId, status, reason: '', modifiedAt: seconds });
    }

    async function report(deployment: Deployment, behaviour: 'commits' | 'reverts'): Promise<void> {
      const message = JSON.stringify(await verdictOn(deployment, behaviour, options, time));
      const client = new IoTDataPlaneClient({ region: options.region, endpoint: endpointOf(options), credentials });
      try {
        const topic = `dropforge/devices/${thing}/report`;
        await client.send(new PublishCommand({ topic, qos: 1, payload: new TextEncoder().encode(message) }));
      } finally {
        client.destroy();
      }
    }

    return {
      wake() {
        const deployment = wanted();
        if (!deployment || taken.has(deployment.deploymentId) || store.execution(thing, deployment.deploymentId))
          return;
        taken.add(deployment.deploymentId);
        time.after(2 * minute, () => {
          work
            .during(() => take(deployment))
            .catch((error: Error) => {
              // As the real agent does: what the cloud did not take is said again.
              log(`DEVICE_REPORT_NOT_SENT ${thing}: ${error.message}`);
              taken.delete(deployment.deploymentId);
              time.after(minute, () => this.wake());
            });
        });
      },
      state: () => 'HEALTHY',
      stop: async () => {},
    };
  };
}

const credentials = { accessKeyId: 'dropforge', secretAccessKey: 'dropforge' };

function endpointOf({ environment }: DeviceOptions): string {
  return environment.AWS_ENDPOINT_URL_IOT_DATA_PLANE ?? '';
}

async function verdictOn(
  { components }: Deployment,
  behaviour: 'commits' | 'reverts',
  { thing, region, accountId, store, readObject }: DeviceOptions,
  time: SimulatedTime,
): Promise<Omit<AgentReport, 'thing'>> {
  const [[name, { componentVersion }] = ['', { componentVersion: '' }]] = Object.entries(components);
  const component = store.component(
    `arn:aws:greengrass:${region}:${accountId}:components:${name}:versions:${componentVersion}`,
  );
  const [manifest] = component?.recipe.Manifests ?? [];
  const script = manifest?.Lifecycle.run ?? '';
  const uri = manifest?.Artifacts.find(({ Uri }) => Uri.endsWith('/release.json'))?.Uri ?? '';
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const { modelId, modelDigest } = JSON.parse(Buffer.from((await readObject(bucket, key)) ?? []).toString());
  const [, payload = ''] = /--delivery "[\w-]+\.([\w-]+)\./.exec(script) ?? [];
  const { runId, attempt } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const committed = behaviour === 'commits';
  const slow = { code: 'TOO_SLOW', message: `${thing} answers later than its watch allows.` };
  return {
    status: committed ? 'committed' : 'reverted',
    architecture: 'x86_64',
    agentVersion: 'simulated',
    activeModel: committed ? { modelId, modelDigest } : null,
    candidate: { modelId, modelDigest, runId, attempt },
    ...(committed ? {} : { reason: slow }),
    sentAt: new Date(time.now()).toISOString(),
  };
}

function conclude({ deploymentId }: Deployment, status: string, { thing, region, accountId, putEvent }: DeviceOptions) {
  putEvent({
    source: 'aws.greengrass',
    detailType: 'Greengrass V2 Effective Deployment Status Change',
    resources: [`arn:aws:greengrass:${region}:${accountId}:coreDevices:${thing}`],
    detail: {
      deploymentId,
      coreDeviceExecutionStatus: status,
      statusDetails:
        status === 'FAILED' ? { errorStack: ['COMPONENT_ERROR'], errorTypes: ['USER_COMPONENT_ERROR'] } : {},
      reason: status === 'FAILED' ? 'The disk is full.' : 'SUCCESSFUL',
    },
  });
}
