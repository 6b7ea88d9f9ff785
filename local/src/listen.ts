/** Takes a port on this machine alone. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Another process has the port. */
export class PortInUseError extends Error {
  readonly code = 'PORT_IN_USE';

  constructor(name: string, port: number) {
    super(
      `Port ${port}, wanted for the ${name} endpoint, is taken. Stop what uses it, or choose another with --${name}-port.`,
    );
    this.name = 'PortInUseError';
  }
}

/**
 * Listens on 127.0.0.1; port 0 takes a free one. Gives the endpoint's URL.
 * @throws PortInUseError
 */
export async function listen(server: Server, name: string, port: number): Promise<string> {
  const listening = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    listening.reject(error.code === 'EADDRINUSE' ? new PortInUseError(name, port) : error);
  });
  server.listen(port, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = server.address() as AddressInfo; // only a pipe has a text for its address
  // An address, not a name: S3 clients put the bucket in front of a name.
  return `http://127.0.0.1:${address.port}`;
}

/** Cuts off what is still connected. */
export async function closeServer(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  server.closeAllConnections();
  await closed.promise;
}
