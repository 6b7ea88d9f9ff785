import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentReport, Reason } from '@dropforge/events';
import type { Delivery } from './delivery.ts';
import { writeDurably } from './durable-file.ts';
import type { Reached } from './fault-points.ts';
import type { SlotName } from './slots.ts';

/**
 * The change of model as a table. A phase is written to the disk before its act begins; every act may be begun again.
 *
 *   phase        act                                  done        refused     after a power cut here
 *   ─────────    ─────────────────────────────────    ─────────   ─────────   ─────────────────────────────────────────
 *   idle         none: the active slot answers        idle        idle        the active slot answers
 *   staging      wipe the other slot, unpack there    staged      reverting   old model answers; unpacks again
 *   staged       none: the slot is whole on disk      testing     reverting   old model answers; goes on to the test
 *   testing      golden images, bit for bit           switching   reverting   old model answers; tests again
 *   switching    point `current` at the slot          watching    reverting   old model answers; points again
 *   watching     new model answers, checked often     committed   reverting   new model answers; watches from the start
 *   committed    forget the candidate                 idle        idle        new model answers; verdict is in the outbox
 *   reverting    point `current` at the old slot      reverted    reverting   old model answers; points again
 *   reverted     forget the candidate                 idle        idle        old model answers; verdict is in the outbox
 */
export const phases = {
  idle: { done: 'idle', refused: 'idle' },
  staging: { done: 'staged', refused: 'reverting' },
  staged: { done: 'testing', refused: 'reverting' },
  testing: { done: 'switching', refused: 'reverting' },
  switching: { done: 'watching', refused: 'reverting' },
  watching: { done: 'committed', refused: 'reverting' },
  committed: { done: 'idle', refused: 'idle' },
  reverting: { done: 'reverted', refused: 'reverting' },
  reverted: { done: 'idle', refused: 'idle' },
} as const satisfies Record<string, { done: string; refused: string }>;

export type Phase = keyof typeof phases;

/** How new a delivery is, by the word of whoever signed it. */
export type Issue = Pick<Delivery, 'counter' | 'issuedAt'>;

/** Which delivery of which model: what a verdict is about. */
export type Candidate = Issue & Pick<Delivery, 'modelId' | 'modelDigest' | 'runId' | 'attempt'>;

export interface AgentState {
  readonly format: 'dropforge-agent-state/1';
  readonly phase: Phase;
  /** How often the agent has started in this phase: a model that takes the device down is given up. */
  readonly starts: number;
  /** The slot whose model answers when nothing is under way; null: there was no model yet. */
  readonly active: SlotName | null;
  readonly candidate: (Candidate & { readonly slot: SlotName }) | null;
  /** Why the candidate is being refused. */
  readonly reason?: Reason;
  /** The last delivery that came to an end: not begun again. */
  readonly settled: Candidate | null;
  /** The newest delivery that was committed: nothing older is taken. */
  readonly newest: Issue;
  /** Verdicts that the cloud has not taken yet, oldest first. */
  readonly outbox: readonly StoredReport[];
  /** When the last verdict was given, ISO 8601: a device without a clock of its own must not go back behind it. */
  readonly lastVerdictAt: string;
}

/** What the agent says; the topic carries the thing's name. */
export type StoredReport = Omit<AgentReport, 'thing'>;

export interface StateStore {
  read(): AgentState;
  /** Changes the state and returns when the change is on the disk; changes happen one after the other. */
  update(change: (state: AgentState) => AgentState): Promise<AgentState>;
}

const initial: AgentState = {
  format: 'dropforge-agent-state/1',
  phase: 'idle',
  starts: 0,
  active: null,
  candidate: null,
  settled: null,
  newest: { counter: 0, issuedAt: new Date(0).toISOString() },
  outbox: [],
  lastVerdictAt: new Date(0).toISOString(),
};

/**
 * Opens the state of a work directory. A file that cannot be read is put aside and `guessActive` says which slot to
 * trust: a broken file must not take a working model from a device.
 */
export async function openState(
  work: string,
  guessActive: () => Promise<SlotName | null>,
  reached: Reached,
): Promise<StateStore> {
  const path = join(work, 'state.json');
  let state = (await readState(path)) ?? { ...initial, active: await guessActive() };
  let written: Promise<unknown> = Promise.resolve();
  return {
    read: () => state,
    update(change) {
      const next = written.then(async () => {
        const changed = change(state);
        await writeDurably(path, `${JSON.stringify(changed, null, 1)}\n`);
        state = changed;
        await reached('state-written');
        return changed;
      });
      written = next.catch(() => undefined);
      return next;
    },
  };
}

async function readState(path: string): Promise<AgentState | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const state: AgentState = { ...initial, ...JSON.parse(text) }; // written by us; what the agent relies on is checked here
    const slots = ['a', 'b', null];
    const candidateFits = state.candidate === null || slots.includes(state.candidate.slot);
    if (state.format === initial.format && state.phase in phases && slots.includes(state.active) && candidateFits)
      return state;
  } catch {
    // not JSON: treated like any other file that is not ours
  }
  await rename(path, `${path}.unreadable`);
  return undefined;
}
