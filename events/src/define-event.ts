import { z } from 'zod';

/** What every contract of the bus says about one event. The file's name is the event's name. */
export interface EventContract<Name extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly name: Name;
  /** Raised only by additions; a breaking change is a new event with `.v2` in its name. */
  readonly version: number;
  /** The one service that says this. `dropforge.<publisher>` is the envelope's `source`. */
  readonly publisher: string;
  readonly summary: string;
  readonly data: Data;
  readonly example: z.output<Data>;
  /** Builds the event and refuses data that breaks the contract, so that a fault is found where it is made. */
  of(data: z.input<Data>): DomainEvent<Name, z.output<Data>>;
}

/** An event as steps see it: the envelope is the kit's business. */
export interface DomainEvent<Name extends string = string, Data = unknown> {
  readonly name: Name;
  readonly data: Data;
}

export type EventOf<Contract> =
  Contract extends EventContract<infer Name, infer Data> ? DomainEvent<Name, z.output<Data>> : never;

/** Declares one event: schema, owner, sentence and example together. */
export function defineEvent<const Name extends string, Data extends z.ZodType>(
  contract: Omit<EventContract<Name, Data>, 'of'> & {
    readonly summary: string;
  },
): EventContract<Name, Data> {
  return {
    ...contract,
    of: (data) => ({ name: contract.name, data: contract.data.parse(data) }),
  };
}

/** The `detail` of every event of ours on EventBridge. */
export const Detail = z.object({
  version: z.int().positive(),
  /** Same for every delivery of the same fact: deduplicate by it. */
  eventId: z.string().min(1).max(200),
  occurredAt: z.iso.datetime(),
  data: z.unknown(),
});
export type Detail = z.output<typeof Detail>;
