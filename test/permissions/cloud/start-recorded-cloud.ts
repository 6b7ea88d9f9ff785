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
  type RecordedDeed,
  sageMakerService,
  slackService,
  startCloud,
} from '@dropforge/local';
import { createNews, type News } from '../../flow/whole-cloud/news.ts';
import { type ScarceCapacity, scarceCapacity } from './scarce-capacity.ts';

export interface RecordedCloud {
  readonly cloud: Cloud;
  /** Events of AWS's own services, each as it was delivered. */
  readonly events: BusEvent[];
  /** By key of a function, the service that refuses whatever the function asks of it, for as long as it stands here. */
  readonly outages: Map<string, string>;
  readonly capacity: ScarceCapacity;
  readonly news: News;
  /** Stops the cloud; gives every call of AWS's API that was made to it, and what AWS itself did with a role's rights. */
  stop(): Promise<{ calls: RecordedCall[]; deeds: RecordedDeed[] }>;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Training jobs at the same time; more than usual, so that no life waits long for the others. */
export const slotCount = 4;
export const deviceGroup = 'dropforge-devices';
/** With images of this size the trainer takes its checkpoint back. */
export const checkpointingImageSize = 32;
/** A recipe of this name is converted until somebody stops it. */
export const neverEndingConversion = 'never-ending';

export async function startRecordedCloud(directory: string): Promise<RecordedCloud> {
  const recordCalls = join(directory, 'calls.jsonl');
  const events: BusEvent[] = [];
  const capacity = scarceCapacity();
  const outages = new Map<string, string>();
  const news = createNews();
  const devices = ['device-1', 'device-2'].map((thing) => ({ thing, architecture: 'x86_64' as const }));
  const cloud = await startCloud({
    directory,
    recordCalls,
    serverlessFile: join(root, 'serverless.yml'),
    parameters: { trainingSlotCount: String(slotCount) },
    services: [
      slackService,
      sageMakerService({
        programOf,
        quota: { training: slotCount, processing: slotCount },
        createRunner: capacity.createRunner,
      }),
      fleetService({ devices, groupName: deviceGroup, watchSeconds: 0.2 }),
      // Webhooks go to addresses of the Internet only; this one stands on this machine.
      () => ({ environment: { WEBHOOK_TEST_ADDRESS: '127.0.0.1' } }),
    ],
    firstRetryMilliseconds: 50,
    faults: {
      async onRequest({ service, request, response }, answer) {
        const caller = /Credential=function\.([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
        if (caller === undefined || outages.get(caller) !== service) return answer();
        response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end();
      },
      onDelivery(delivery) {
        const { payload } = delivery;
        news.listen(delivery);
        const event = JSON.parse(payload) as BusEvent; // or a device's report, which has no source
        if (event.source?.startsWith('aws.')) events.push(event);
        // SageMaker's events are best effort: nobody hears that a job was stopped.
        const { SecondaryStatus, ProcessingJobStatus } = event.detail ?? {};
        return [SecondaryStatus, ProcessingJobStatus].includes('Stopped') ? [] : [0];
      },
    },
  });
  return {
    cloud,
    events,
    outages,
    capacity,
    news,
    async stop() {
      await cloud.stop();
      const lines = readFileSync(recordCalls, 'utf8').trim().split('\n');
      const entries = lines.map((line) => JSON.parse(line) as RecordedCall | RecordedDeed); // the recorder wrote them
      return {
        calls: entries.filter((entry) => 'request' in entry),
        deeds: entries.filter((entry) => !('request' in entry)),
      };
    },
  };
}

function programOf(image: string): Program {
  const file = image.includes('/dropforge-train-') ? './trainer.ts' : './converter.ts';
  const path = fileURLToPath(new URL(file, import.meta.url));
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', path] as const;
  return { command, environment: { PATH: process.env.PATH ?? '' } };
}
