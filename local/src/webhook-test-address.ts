/** Lets webhooks go to this machine, when whoever starts the cloud wants that for a test. */
import type { CloudService } from './cloud-service.ts';

/** Hands `DROPFORGE_WEBHOOK_TEST_ADDRESS` on to the functions that look at addresses; they take 127.0.0.1 and nothing else. */
export const webhookTestAddress: CloudService = () => {
  const address = process.env.DROPFORGE_WEBHOOK_TEST_ADDRESS;
  return address ? { environment: { WEBHOOK_TEST_ADDRESS: address } } : {};
};
