/** The embedded cloud with devices and fake jobs, and everything that is said to it and by it written down. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BusEvent,
  type Cloud,
  fleetService,
  type Program,
  type RecordedCall,
  sageMakerService,
  slackService,
  startCloud,
} from '@dropforge/local';

export interface RecordedCloud {
  readonly cloud: Cloud;
  /** Events of AWS's own services, each as it was delivered. */
  readonly events: BusEvent[];
  /** Stops the cloud; gives every call of AWS's API that was made to it. */
  stop(): Promise<RecordedCall[]>;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const deviceGroup = 'dropforge-devices';
/** With images of this size the trainer takes its checkpoint back. */
export const checkpointingImageSize = 32;
/** A recipe of this name is converted until somebody stops it. */
export const neverEndingConversion = 'never-ending';

export async function startRecordedCloud(directory: string): Promise<RecordedCloud> {
  const recordCalls = join(directory, 'calls.jsonl');
  const events: BusEvent[] = [];
  const devices = ['device-1', 'device-2'].map((thing) => ({ thing, architecture: 'x86_64' as const }));
  const cloud = await startCloud({
    directory,
    recordCalls,
    serverlessFile: join(root, 'serverless.yml'),
    services: [
      slackService,
      sageMakerService({ programOf, quota: { training: 4, processing: 4 } }),
      fleetService({ devices, groupName: deviceGroup, watchSeconds: 0.2 }),
      // Webhooks go to addresses of the Internet only; this one stands on this machine.
      () => ({ environment: { WEBHOOK_TEST_ADDRESS: '127.0.0.1' } }),
    ],
    firstRetryMilliseconds: 50,
    faults: {
      onDelivery({ payload }) {
        const event = JSON.parse(payload) as BusEvent; // or a device's report, which has no source
        if (event.source?.startsWith('aws.')) events.push(event);
        // SageMaker's events are best effort: nobody hears that a job was stopped.
        return event.detail?.SecondaryStatus === 'Stopped' ? [] : [0];
      },
    },
  });
  return {
    cloud,
    events,
    async stop() {
      await cloud.stop();
      const lines = readFileSync(recordCalls, 'utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line) as RecordedCall); // the recorder wrote them
    },
  };
}

function programOf(image: string): Program {
  const file = image.includes('/dropforge-train-') ? './trainer.ts' : './converter.ts';
  const path = fileURLToPath(new URL(file, import.meta.url));
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', path] as const;
  return { command, environment: { PATH: process.env.PATH ?? '' } };
}
