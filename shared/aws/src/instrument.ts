/** As much of a client as instrumenting it needs. */
export interface Instrumentable {
  readonly middlewareStack: unknown;
}

type Instrument = <Client extends Instrumentable>(client: Client) => Client;

let instrument: Instrument = (client) => client;

/** Has every client that is made from now on pass through `wrap`, once, before its first call: a tracer's hook. */
export function instrumentClients(wrap: Instrument): void {
  instrument = wrap;
}

export function instrumented<Client extends Instrumentable>(client: Client): Client {
  return instrument(client);
}
