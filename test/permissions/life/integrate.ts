/** A webhook: made, given events that it takes and refuses, shown, ended. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../flow/whole-cloud/user.ts';
import type { World } from './world.ts';

export interface Webhook {
  /** Resolves when it has taken an event and refused one, and is no more. */
  end(): Promise<void>;
}

/** Refuses the first event, so that its delivery is tried again. */
export async function addWebhook({ api }: World): Promise<Webhook> {
  let heard = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(heard++ === 0 ? 500 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP, so not a path
  const { webhookId } = await api('POST', '/webhooks', { url: `http://127.0.0.1:${port}/hook` });
  return {
    async end() {
      await until('the webhook has heard events', async () => heard > 1 || undefined);
      await api('GET', '/webhooks');
      await api('DELETE', `/webhooks/${webhookId}`);
      server.closeAllConnections();
      server.close();
    },
  };
}
