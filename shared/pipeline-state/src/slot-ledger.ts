import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';

/**
 * Counts capacity in our own table, because SageMaker's List calls are few per second and lag behind. A quota is one of
 * the account's, as `ml.g5.xlarge spot`, and counts instances.
 */
export interface SlotLedger {
  /** True when the job holds its slots now, whether it held them before or not; its run then waits no more. */
  claim(request: SlotRequest): Promise<boolean>;
  /** Notes that the run waits for this quota. */
  wait(quota: string, runId: string, since: string): Promise<void>;
  /** The run waits for nothing any more. */
  leave(runId: string): Promise<void>;
  /** Gives back all that a job holds, or a run with all its jobs. Returns who waits for it, the longest first. */
  release(holder: { readonly jobName: string } | { readonly runId: string }): Promise<string[]>;
}

export interface SlotRequest {
  readonly quota: string;
  readonly runId: string;
  readonly jobName: string;
  readonly instances: number;
  /** Instances that the quota allows at once. */
  readonly limit: number;
}

/** One item holds two sets for each quota: `held <quota>` of slots, `wait <quota>` of runs. One conditional write claims. */
export function createDynamoSlotLedger(client: DynamoDBDocumentClient, tableName: string, kind: string): SlotLedger {
  const at = { TableName: tableName, Key: { pk: `SLOTS#${kind}`, sk: 'LEDGER' } };
  const readLedger = async () => toLedger((await client.send(new GetCommand({ ...at, ConsistentRead: true }))).Item);
  const remove = async (members: Ledger): Promise<Ledger> => {
    if (members.size === 0) return new Map();
    const names = [...members.keys()].map((name, index) => [`#s${index}`, name] as const);
    const values = [...members.values()].map((set, index) => [`:s${index}`, new Set(set)] as const);
    const { Attributes } = await client.send(
      new UpdateCommand({
        ...at,
        UpdateExpression: `DELETE ${names.map(([alias], index) => `${alias} :s${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names),
        ExpressionAttributeValues: Object.fromEntries(values),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return toLedger(Attributes);
  };
  return {
    async claim({ quota, runId, jobName, instances, limit }) {
      if (instances > limit) return false;
      const slots = slotsOf(jobName, instances);
      try {
        await client.send(
          new UpdateCommand({
            ...at,
            UpdateExpression: 'ADD #held :slots',
            ConditionExpression: 'attribute_not_exists(#held) OR contains(#held, :first) OR size(#held) <= :room',
            ExpressionAttributeNames: { '#held': heldName(quota) },
            ExpressionAttributeValues: { ':slots': new Set(slots), ':first': slots[0], ':room': limit - instances },
          }),
        );
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
      await remove(waitersOf(await readLedger(), runId));
      return true;
    },
    async wait(quota, runId, since) {
      await client.send(
        new UpdateCommand({
          ...at,
          UpdateExpression: 'ADD #wait :run',
          ExpressionAttributeNames: { '#wait': waitName(quota) },
          ExpressionAttributeValues: { ':run': new Set([waiter(since, runId)]) },
        }),
      );
    },
    async leave(runId) {
      await remove(waitersOf(await readLedger(), runId));
    },
    async release(holder) {
      const held = slotsHeldBy(await readLedger(), holder);
      return runsWaitingFor(held, await remove(held));
    },
  };
}

/** The ledger in memory, for tests of what stands on it. */
export function createMemorySlotLedger(): SlotLedger {
  const ledger = new Map<string, Set<string>>();
  const setOf = (name: string) => ledger.get(name) ?? new Set<string>();
  const remove = (members: Ledger) => {
    for (const [name, set] of members) ledger.set(name, new Set([...setOf(name)].filter((member) => !set.has(member))));
  };
  return {
    async claim({ quota, runId, jobName, instances, limit }) {
      const held = setOf(heldName(quota));
      const slots = slotsOf(jobName, instances);
      if (!slots.every((slot) => held.has(slot)) && held.size > limit - instances) return false;
      ledger.set(heldName(quota), new Set([...held, ...slots]));
      remove(waitersOf(ledger, runId));
      return true;
    },
    async wait(quota, runId, since) {
      ledger.set(waitName(quota), new Set([...setOf(waitName(quota)), waiter(since, runId)]));
    },
    async leave(runId) {
      remove(waitersOf(ledger, runId));
    },
    async release(holder) {
      const held = slotsHeldBy(ledger, holder);
      remove(held);
      return runsWaitingFor(held, ledger);
    },
  };
}

/** Members by attribute. */
type Ledger = ReadonlyMap<string, ReadonlySet<string>>;

const heldName = (quota: string) => `held ${quota}`;
const waitName = (quota: string) => `wait ${quota}`;
/** Sorts by when the waiting began. */
const waiter = (since: string, runId: string) => `${since} ${runId}`;

function slotsOf(jobName: string, instances: number): string[] {
  return Array.from({ length: instances }, (_, index) => `${jobName}#${index}`);
}

function toLedger(item: Record<string, unknown> = {}): Ledger {
  const sets = Object.entries(item).filter(([name]) => /^(held|wait) /.test(name));
  return new Map(sets.map(([name, set]) => [name, z.set(z.string()).parse(set)]));
}

function slotsHeldBy(ledger: Ledger, holder: Parameters<SlotLedger['release']>[0]): Ledger {
  const isTheirs = (slot: string) =>
    'jobName' in holder ? slot.startsWith(`${holder.jobName}#`) : slot.includes(`-${holder.runId}-t`);
  return select(ledger, 'held ', isTheirs);
}

function waitersOf(ledger: Ledger, runId: string): Ledger {
  return select(ledger, 'wait ', (member) => member.endsWith(` ${runId}`));
}

function select(ledger: Ledger, prefix: string, wanted: (member: string) => boolean): Ledger {
  const chosen = [...ledger].map(([name, set]) => [name, new Set([...set].filter(wanted))] as const);
  return new Map(chosen.filter(([name, set]) => name.startsWith(prefix) && set.size > 0));
}

function runsWaitingFor(held: Ledger, ledger: Ledger): string[] {
  const waiting = [...held.keys()].flatMap((name) => [...(ledger.get(waitName(name.slice('held '.length))) ?? [])]);
  return [...new Set(waiting.sort().map((member) => member.slice(member.indexOf(' ') + 1)))];
}
