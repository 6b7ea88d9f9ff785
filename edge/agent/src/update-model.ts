import { acceptDelivery } from './accept-delivery.ts';
import { AgentFailure, toFailure } from './agent-failure.ts';
import { type AgentState, type Candidate, type Phase, phases, type StateStore } from './agent-state.ts';
import type { SignedDelivery } from './delivery.ts';
import type { Reached } from './fault-points.ts';
import type { Model, Models } from './model.ts';
import type { Serving } from './serving.ts';
import { otherSlot, type SlotName, type Slots } from './slots.ts';
import { type Architecture, stageArtifact } from './stage-artifact.ts';

export interface UpdatePorts {
  readonly state: StateStore;
  readonly slots: Slots;
  readonly models: Models;
  readonly serving: Serving;
  readonly architecture: Architecture;
  /** Path of the public keys, one of which must have signed what is taken. */
  readonly signingKeys: string;
  readonly now: () => Date;
  /** How long and how often a new model is watched before it is trusted. */
  readonly watch: { readonly milliseconds: number; readonly checks: number };
  /** Puts the verdict into the outbox, as part of the state change that it belongs to. */
  withVerdict(state: AgentState, status: 'committed' | 'reverted' | 'failed'): AgentState;
  /** Says how things stand and sends verdicts; nobody waits for it. */
  announce(): void;
  pause(milliseconds: number): Promise<void>;
  reached: Reached;
  log(line: string): void;
}

/** What was delivered, and where its two files lie. */
export interface Delivered {
  readonly signed: SignedDelivery;
  readonly release: string;
  readonly artifact: string;
}

/** A phase in which the agent starts so often takes the device down: the model is given up. */
const startsPerPhase = 5;

/** Begins a delivery unless it is the one that is under way or came to an end before. */
export async function beginUpdate({ signed }: Delivered, { state }: UpdatePorts): Promise<void> {
  const { modelId, modelDigest, runId, attempt, counter, issuedAt } = signed.claims;
  const candidate: Candidate = { modelId, modelDigest, runId, attempt, counter, issuedAt };
  await state.update((now) => {
    if (same(now.candidate, candidate) || (now.phase === 'idle' && same(now.settled, candidate))) return now;
    const replaceable: readonly Phase[] = ['idle', 'staging', 'staged', 'testing', 'committed', 'reverted'];
    if (!replaceable.includes(now.phase)) return now; // finished first; the caller begins again
    const { reason: _, ...rest } = now;
    return { ...rest, phase: 'staging', starts: 0, candidate: { ...candidate, slot: otherSlot(now.active) } };
  });
}

/** Carries a change of model on, from wherever it stands, until nothing is under way. */
export async function carryOn(delivered: Delivered | undefined, ports: UpdatePorts): Promise<void> {
  const acts = createActs(delivered, ports);
  await ports.state.update((now) => (now.phase === 'idle' ? now : { ...now, starts: now.starts + 1 }));
  for (;;) {
    const { phase, starts, candidate } = ports.state.read();
    if (phase === 'idle') return;
    try {
      if (!candidate) throw new Error(`phase ${phase} without a candidate`);
      if (starts > startsPerPhase && phases[phase].refused === 'reverting' && phase !== 'reverting')
        throw restarts(phase, starts);
      await acts[phase](candidate.slot);
      await enter(phases[phase].done, ports);
    } catch (error) {
      if (phase === 'reverting') throw error; // nothing to fall back on: the process ends and starts again
      await refuse(toFailure(error), phases[phase].refused, ports);
    }
  }
}

type Act = (slot: SlotName) => Promise<void>;

function createActs(delivered: Delivered | undefined, ports: UpdatePorts): Record<Phase, Act> {
  const { state, slots, models, serving, architecture, signingKeys, reached } = ports;
  const nothing: Act = async () => undefined;
  /** The model in test, kept from the test to the verdict. */
  let candidate: Model | undefined;
  let before: Model | undefined;
  const openCandidate = async (slot: SlotName) => {
    const answering = serving.model();
    candidate ??= answering?.slot === slot ? answering : await models.open(slot);
    if (!candidate) throw new Error(`slot ${slot} holds no whole model`);
    return candidate;
  };
  return {
    idle: nothing,
    async staging(slot) {
      if (!delivered) throw new Error('the delivery that was under way is no longer there');
      const { newest } = state.read();
      const acceptance = { signingKeys, release: delivered.release, newest, now: ports.now() };
      const release = await acceptDelivery(delivered.signed, acceptance);
      await stageArtifact(slots.path(slot), delivered.artifact, release, architecture, reached);
    },
    staged: nothing,
    async testing(slot) {
      await models.selfTest(slot);
      await openCandidate(slot);
      await reached('self-tested');
    },
    switching: (slot) => slots.switchTo(slot, reached),
    async watching(slot) {
      const model = await openCandidate(slot);
      before = serving.model()?.slot === slot ? undefined : serving.model();
      serving.use(model);
      ports.announce();
      await watch(model, ports);
    },
    async committed() {
      before?.runner.close();
    },
    async reverting() {
      const { active } = state.read();
      await slots.switchTo(active, reached);
      const known = serving.model()?.slot === active ? serving.model() : before;
      serving.use(known ?? (active ? await models.open(active) : undefined));
      candidate?.runner.close();
    },
    reverted: nothing,
  };
}

/** The new model answers while it is watched: each check is a golden image with known logits. */
async function watch({ runner, golden }: Model, { watch: { milliseconds, checks }, pause, reached }: UpdatePorts) {
  for (let check = 0; check < checks; check++) {
    await golden.check(runner, check);
    await reached('health-checked');
    await pause(milliseconds / checks);
  }
  await golden.check(runner, 0);
}

/** Writes down the next phase, with what belongs to it in the same write. */
async function enter(phase: Phase, { state, withVerdict, announce, log }: UpdatePorts): Promise<void> {
  log(`PHASE: ${phase}`);
  await state.update((now) => {
    const next = { ...now, phase, starts: 0 };
    if (phase === 'committed') {
      const { candidate: settled } = now;
      const { slot: active, counter, issuedAt } = settled ?? { slot: now.active, ...now.newest };
      return withVerdict({ ...next, active, settled, newest: { counter, issuedAt } }, 'committed');
    }
    if (phase === 'reverted')
      return withVerdict({ ...next, settled: now.candidate }, now.active ? 'reverted' : 'failed');
    if (phase !== 'idle') return next;
    const { reason: _, ...rest } = next;
    return { ...rest, candidate: null };
  });
  if (phase === 'committed' || phase === 'reverted') announce();
}

async function refuse(failure: AgentFailure, phase: Phase, { state, log }: UpdatePorts): Promise<void> {
  log(`${failure.code}: ${failure.message}`);
  const { code, message, action } = failure;
  const reason = { code, message: message.slice(0, 1_000), ...(action ? { action } : {}) };
  await state.update((now) => ({ ...now, phase, starts: 0, reason }));
}

function same(one: Candidate | null, other: Candidate): boolean {
  const names = ['runId', 'attempt', 'modelDigest', 'counter', 'issuedAt'] as const;
  return names.every((name) => one?.[name] === other[name]);
}

function restarts(phase: Phase, starts: number): AgentFailure {
  const message = `The device started ${starts} times while the new model was ${phase}; it is not tried again.`;
  return new AgentFailure('RESTARTED_TOO_OFTEN', message, "Look into the device's log and power supply, then retry.");
}
