import type { AgentReport, Reason } from '@dropforge/events';

/** One device of the fleet, as its own agent and Greengrass last described it. */
export interface Device {
  readonly thing: string;
  /** The newest thing its agent said; absent: it never spoke. */
  readonly report?: AgentReport;
  /** How its last change of model ended; heartbeats do not touch it. */
  readonly verdict?: DeviceVerdict;
}

/** The end of one change of model on one device. */
export interface DeviceVerdict {
  readonly runId: string;
  readonly attempt: number;
  readonly outcome: 'committed' | 'reverted' | 'failed';
  /** SHA-256 of the model; absent: Greengrass said it, which knows no models. */
  readonly modelDigest?: string;
  readonly reason?: Reason;
  /** ISO 8601. */
  readonly at: string;
}

/** Where the fleet's last words live. Every store passes the contract suite in `device-store.contract.ts`. */
export interface DeviceStore {
  /** Keeps the report, and the verdict in it, unless newer ones are kept already: reports arrive in any order. */
  record(report: AgentReport): Promise<void>;
  /** Keeps what Greengrass says about a device, unless a newer verdict is kept already. */
  recordVerdict(thing: string, verdict: DeviceVerdict): Promise<void>;
  /** Strongly consistent; undefined: nothing was ever heard of this device. */
  read(thing: string): Promise<Device | undefined>;
  /** The devices of these that were ever heard of, in any order; strongly consistent. */
  readMany(things: readonly string[]): Promise<Device[]>;
  /** Every device that was ever heard of, by name. */
  list(): Promise<Device[]>;
}

/** The verdict that a report carries; undefined: it is a heartbeat or news of a change that is still under way. */
export function verdictOf(report: AgentReport): DeviceVerdict | undefined {
  const { status, candidate, reason, sentAt } = report;
  if (!candidate || (status !== 'committed' && status !== 'reverted' && status !== 'failed')) return undefined;
  const { runId, attempt, modelDigest } = candidate;
  return { runId, attempt, outcome: status, modelDigest, ...(reason ? { reason } : {}), at: sentAt };
}
