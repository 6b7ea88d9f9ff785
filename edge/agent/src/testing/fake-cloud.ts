import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoredReport } from '../agent-state.ts';

/** The receiving end of reports: keeps them, and can be away. */
export interface FakeCloud {
  readonly url: string;
  readonly reports: StoredReport[];
  /** The status of every answer; 200 at first. */
  status: number;
  /** Resolves with the first report, past or future, that fits. */
  waitFor(fits: (report: StoredReport) => boolean): Promise<StoredReport>;
  close(): void;
}

export async function startFakeCloud(): Promise<FakeCloud> {
  const reports: StoredReport[] = [];
  let look: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(cloud.status).end('{}');
    if (cloud.status !== 200) return;
    reports.push(JSON.parse(body));
    const waiting = look;
    look = [];
    for (const again of waiting) again();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listens on TCP, so not a path
  const cloud: FakeCloud = {
    url: `http://127.0.0.1:${port}`,
    reports,
    status: 200,
    async waitFor(fits) {
      for (;;) {
        const found = reports.find(fits);
        if (found) return found;
        await new Promise<void>((resolve) => look.push(resolve));
      }
    },
    close: () => server.close(),
  };
  return cloud;
}
