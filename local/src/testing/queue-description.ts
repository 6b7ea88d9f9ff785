/** A queue with SQS's defaults, for tests that care about one property. */
import type { QueueDescription, QueueSettings } from '../serverless-file/description.ts';

export function queueDescription(name: string, settings: Partial<QueueSettings> = {}): QueueDescription {
  return {
    logicalId: name,
    name,
    arn: `arn:aws:sqs:eu-west-1:000000000000:${name}`,
    url: `http://127.0.0.1/000000000000/${name}`,
    settings: {
      delaySeconds: 0,
      visibilityTimeoutSeconds: 30,
      retentionSeconds: 345_600,
      receiveWaitSeconds: 0,
      maximumMessageBytes: 1_048_576,
      redrive: undefined,
      ...settings,
    },
  };
}
