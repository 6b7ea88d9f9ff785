import { parseArgs } from 'node:util';
import { buildsFor } from '@dropforge/events/builds';
import { hasEngine } from './find-engine.ts';
import type { Architecture } from './stage-artifact.ts';

/** Everything that the agent is told, by the component's recipe (arguments) and by the device (environment). */
export interface AgentOptions {
  /** Paths of what was delivered. */
  readonly release: string;
  readonly artifact: string;
  /** The signed delivery itself. */
  readonly delivery: string;
  /** Path of the public keys (PEM) that a person put on the device: no component may write there. */
  readonly signingKeys: string;
  /** Where slots and state live; must outlive updates of the component. */
  readonly work: string;
  readonly thing: string;
  readonly agentVersion: string;
  readonly architecture: Architecture;
  readonly runnerPrefix: readonly string[];
  /** 0: any free port. */
  readonly port: number;
  readonly watchMilliseconds: number;
  readonly watchChecks: number;
  readonly predictTimeoutMilliseconds: number;
  readonly selfTestTimeoutMilliseconds: number;
  readonly heartbeatSeconds: number;
  readonly region: string;
  readonly iotEndpoint: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const architectures: Readonly<Record<string, Architecture>> = { x64: 'x86_64', arm64: 'aarch64', arm: 'armv7l' };

/** Reads arguments and environment; throws an error that names every fault. */
export function readOptions(args: readonly string[], environment: Environment): AgentOptions {
  const faults: string[] = [];
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      release: text,
      artifact: text,
      work: text,
      thing: text,
      delivery: text,
      'agent-version': text,
      'iot-endpoint': text,
      'runner-prefix': text,
    },
  });
  const needed = (name: 'release' | 'artifact' | 'delivery' | 'work' | 'thing') => {
    if (!values[name]) faults.push(`--${name} is missing`);
    return values[name] ?? '';
  };
  const number = (name: string, otherwise: number, least: number, most: number) => {
    const value = environment[name] === undefined ? otherwise : Number(environment[name]);
    if (!(value >= least && value <= most)) faults.push(`${name} must be ${least} to ${most}`);
    return value;
  };
  const architecture = environment.DROPFORGE_ARCHITECTURE ?? ownArchitecture();
  if (!isArchitecture(architecture))
    faults.push(`DROPFORGE_ARCHITECTURE must be ${Object.keys(buildsFor).join(', ')}, not ${architecture}`);
  const endpoint =
    environment.AWS_ENDPOINT_URL_IOT_DATA_PLANE ?? (values['iot-endpoint'] && `https://${values['iot-endpoint']}`);
  if (!endpoint || !URL.canParse(endpoint))
    faults.push('--iot-endpoint (the host of the IoT data endpoint) is missing');
  const options = {
    release: needed('release'),
    artifact: needed('artifact'),
    work: needed('work'),
    thing: needed('thing'),
    delivery: needed('delivery'),
    signingKeys: environment.DROPFORGE_SIGNING_KEYS ?? '/etc/dropforge/signing-keys.pem',
    agentVersion: values['agent-version'] ?? 'unknown',
    architecture: isArchitecture(architecture) ? architecture : 'x86_64',
    runnerPrefix: (values['runner-prefix'] ?? environment.DROPFORGE_RUNNER_PREFIX ?? '').split(' ').filter(Boolean),
    port: number('DROPFORGE_PREDICT_PORT', 8_650, 0, 65_535),
    watchMilliseconds: number('DROPFORGE_WATCH_SECONDS', 60, 0, 86_400) * 1_000,
    watchChecks: number('DROPFORGE_WATCH_CHECKS', 15, 1, 10_000),
    predictTimeoutMilliseconds: number('DROPFORGE_PREDICT_TIMEOUT_SECONDS', 30, 0.1, 600) * 1_000,
    selfTestTimeoutMilliseconds: number('DROPFORGE_SELF_TEST_TIMEOUT_SECONDS', 300, 0.1, 3_600) * 1_000,
    heartbeatSeconds: number('DROPFORGE_HEARTBEAT_SECONDS', 300, 1, 86_400),
    region: environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1',
    iotEndpoint: endpoint ?? '',
  };
  if (faults.length > 0) throw new Error(`The agent cannot start: ${faults.join('; ')}.`);
  return options;
}

function isArchitecture(value: string | undefined): value is Architecture {
  return value !== undefined && Object.hasOwn(buildsFor, value);
}

function ownArchitecture(): Architecture | undefined {
  const architecture = architectures[process.arch];
  return architecture === 'armv7l' && hasEngine() ? 'fpga' : architecture;
}
