/** Events on their way: those of SageMaker and Greengrass get lost, all come twice, late and in any order. */
import type { Faults } from '@dropforge/local';
import type { Chance } from '../chance.ts';

const minute = 60_000;
const lostShare = 0.2;
const repeatedShare = 0.3;
const veryLateShare = 0.05;
const bestEffort = ['aws.sagemaker', 'aws.greengrass'];

/** Late by up to two minutes, which shuffles everything; now and then by an hour. `keyOf` names the run in a payload. */
export function lateDeliveries(chance: Chance, keyOf: (payload: string) => string): NonNullable<Faults['onDelivery']> {
  const seen = new Map<string, number>();
  return ({ target, payload }) => {
    const event = JSON.parse(payload) as { source?: string; 'detail-type'?: string; detail?: Record<string, unknown> }; // an envelope or an agent's message
    if (isPoison(payload)) return [0];
    const { detail = {} } = event;
    const about = [target, keyOf(payload), event['detail-type'] ?? '', statusOf(detail)].join(' ');
    const time = (seen.get(about) ?? 0) + 1;
    seen.set(about, time);
    if (bestEffort.includes(event.source ?? '') && chance('lost', about, time) < lostShare) return [];
    const copies = chance('repeated', about, time) < repeatedShare ? 2 : 1;
    return Array.from({ length: copies }, (_, copy) => {
      if (chance('very late', about, time, copy) < veryLateShare) return 60 * minute;
      return Math.floor(chance('late', about, time, copy) * 2 * minute);
    });
  };
}

/** Events that no function can take; each is to become a dead letter, once for each of its functions. */
export const poison = 'poisoned';

export function isPoison(payload: string): boolean {
  return payload.includes(`"${poison}`);
}

function statusOf(detail: Record<string, unknown>): string {
  const names = ['TrainingJobStatus', 'ProcessingJobStatus', 'SecondaryStatus', 'coreDeviceExecutionStatus'];
  return names.map((name) => String(detail[name] ?? '')).join(' ');
}
