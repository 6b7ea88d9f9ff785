import { systemClock } from '../clock.ts';
import { queueDescription } from '../testing/queue-description.ts';
import { startTestQueues } from '../testing/start-queues.ts';
import { describeSqsContract } from './contract.ts';

describeSqsContract('the stand-in', async () => {
  const queues = Array.from({ length: 10 }, (_, index) => queueDescription(`contract-${index}`));
  const unused = queues.values();
  const { client, stop } = await startTestQueues({ queues, clock: systemClock });
  return {
    client,
    async newQueue() {
      const { value: next } = unused.next();
      if (next === undefined) throw new Error('the suite wants more queues than were described');
      return next;
    },
    dispose: stop,
  };
});
