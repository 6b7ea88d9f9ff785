import type { StoredReport } from './agent-state.ts';
import { sendRequest } from './send-request.ts';
import { type Credentials, signRequest } from './sign-request.ts';

export type PublishReport = (report: StoredReport) => Promise<'taken' | 'refused'>;

export interface PublishOptions {
  readonly thing: string;
  readonly region: string;
  /** The account's IoT data endpoint, as a URL. */
  readonly endpoint: string;
  readonly credentials: () => Promise<Credentials>;
  readonly now: () => Date;
}

/**
 * Publishes on the device's report topic over HTTPS. Throws while the cloud cannot be reached; `refused` says that
 * this very message will never be taken. https://docs.aws.amazon.com/iot/latest/developerguide/http.html
 */
export function createPublishReport({ thing, region, endpoint, credentials, now }: PublishOptions): PublishReport {
  const topic = encodeURIComponent(`dropforge/devices/${thing}/report`);
  const url = new URL(`/topics/${topic}?qos=1`, endpoint);
  return async (report) => {
    const body = JSON.stringify(report);
    const request = { method: 'POST', url, body, region, service: 'iotdata', now: now() };
    const answer = await sendRequest('POST', url, signRequest(request, await credentials()), body);
    if (answer.status === 200) return 'taken';
    if (answer.status === 400 || answer.status === 413) return 'refused';
    throw new Error(`${url.host} answered ${answer.status}: ${answer.body.slice(0, 200)}`);
  };
}
