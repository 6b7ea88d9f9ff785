/** The embedded cloud with the product's own services, in one process and in simulated time. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cloud, fleetService, sageMakerService, slackService, startCloud } from '@dropforge/local';
import { definitionOf, kindOf, thingOf } from '../kinds.ts';
import type { SimulatedTime } from '../simulated-time.ts';
import type { Weather } from '../weather/weather.ts';
import { functionsInProcess } from './functions-in-process.ts';
import { type DeviceBehaviour, simulatedDevices } from './simulated-device.ts';
import { simulatedJobs } from './simulated-jobs.ts';
import type { Work } from './work.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Fewer jobs at once than runs, and fewer than the ledger believes: some wait for a slot, some for the quota. */
const slotShare = 0.5;
const quotaShare = 0.4;

/** As Lambda retries: after a minute, then after two. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const firstRetryMilliseconds = 60_000;

/** One process cannot have a key for each function. */
const environment = {
  AWS_ACCESS_KEY_ID: 'dropforge',
  AWS_SECRET_ACCESS_KEY: 'dropforge',
  MONTHLY_BUDGETS_USD: '*=1000000',
  INSTANCE_PRICES: 'ml.c7i.xlarge=0.24',
  // Two hours, where deployments give a day: that many more minutes would be simulated.
  DEVICE_SILENCE_SECONDS: '7200',
  // Nobody reads traces here, and following every promise for them takes a third of the time.
  AWS_XRAY_MANUAL_MODE: 'true',
  POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'SILENT',
};

export interface WorldOptions {
  readonly directory: string;
  /** One device each. */
  readonly runs: number;
  readonly time: SimulatedTime;
  readonly work: Work;
  readonly weather: Weather;
}

export function startWorld({ directory, runs, time, work, weather }: WorldOptions): Promise<Cloud> {
  const noteJob = (name: string) => appendFileSync(join(directory, 'jobs.log'), `${name}\n`);
  const quota = Math.ceil(runs * quotaShare);
  const slots = String(Math.ceil(runs * slotShare));
  const delivered = Array.from({ length: runs }, (_, index) => index).filter((index) => definitionOf(index).delivered);
  const devices = delivered.map((index) => ({ thing: thingOf(index), architecture: 'x86_64' as const }));
  return startCloud({
    directory: join(directory, 'cloud'),
    serverlessFile: join(root, 'serverless.yml'),
    clock: time,
    firstRetryMilliseconds,
    createFunctions: functionsInProcess(work, { ...environment, TRAINING_SLOT_COUNT: slots }),
    faults: weather.faults,
    services: [
      slackService,
      sageMakerService({
        quota: { training: quota, processing: quota },
        createRunner: simulatedJobs({ time, work, moodOf: weather.moodOf, onCreate: noteJob }),
        programOf: () => ({ command: ['true'], environment: {} }),
      }),
      fleetService({
        devices,
        groupName: 'dropforge-devices',
        createDevice: simulatedDevices({ time, work, behaviourOf }),
      }),
    ],
    log: (line) => console.log(line),
  });
}

function behaviourOf(thing: string): DeviceBehaviour {
  const kind = kindOf(Number(thing.slice('device-'.length)));
  if (kind === 'is put back by its device') return 'reverts';
  return kind === 'cannot be installed' ? 'cannot install' : 'commits';
}
