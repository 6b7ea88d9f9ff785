import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toFailure } from './agent-failure.ts';
import { openState, type StateStore } from './agent-state.ts';
import { createCredentials } from './credentials.ts';
import { parseDelivery } from './delivery.ts';
import type { Reached } from './fault-points.ts';
import { createModels, type Models } from './model.ts';
import type { AgentOptions } from './options.ts';
import { createPredictServer } from './predict-server.ts';
import { createPublishReport } from './publish-report.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { createServing, type Serving } from './serving.ts';
import { createSlots, otherSlot, type SlotName } from './slots.ts';
import { beginUpdate, carryOn, type Delivered, type UpdatePorts } from './update-model.ts';

export interface Agent {
  readonly predictUrl: string;
  /** Resolves when nothing is under way any more; rejects when the agent has to start again. */
  readonly settled: Promise<void>;
  close(): Promise<void>;
}

export interface AgentHooks {
  readonly log: (line: string) => void;
  /** For the fault test; a device's agent passes nothing. */
  readonly reached?: Reached;
}

/** Starts the agent: the model of last time answers at once, then the delivery is taken or refused. */
export async function startAgent(
  options: AgentOptions,
  { log, reached = () => undefined }: AgentHooks,
): Promise<Agent> {
  const now = () => new Date();
  await mkdir(join(options.work, 'slots'), { recursive: true });
  const slots = createSlots(options.work);
  const models = createModels(slots, options);
  const guessActive = async () => {
    const slot = await slots.current();
    return slot && (await slots.release(slot)) ? slot : null;
  };
  const state = await openState(options.work, guessActive, reached);
  const serving = createServing(models, log);
  await serveLastModel(state, models, serving, log);

  const describe = () => describeDevice(options, serving, server);
  const server = createPredictServer({
    model: serving.model,
    health: () => ({ ...describe(), phase: state.read().phase, runnerPid: serving.model()?.runner.pid }),
  });
  await listen(server, options.port, log);
  const publish = createPublishReport({
    ...options,
    endpoint: options.iotEndpoint,
    credentials: createCredentials(process.env, now),
    now,
  });
  const reporter = createReporter({ ...options, state, publish, describe, now, reached, log });
  const ports: UpdatePorts = {
    state,
    slots,
    models,
    serving,
    architecture: options.architecture,
    signingKeys: options.signingKeys,
    now,
    watch: { milliseconds: options.watchMilliseconds, checks: options.watchChecks },
    withVerdict: reporter.withVerdict,
    announce: reporter.say,
    pause: (milliseconds) => pause(milliseconds, undefined, { ref: false }),
    reached,
    log,
  };
  reporter.start();
  const settled = takeDelivery(options, ports);
  settled.catch(() => undefined); // the caller hears of it; a rejection before it listens is not lost
  return { predictUrl: urlOf(server), settled, close: () => close(server, serving, reporter) };
}

/**
 * The active slot answers, or while a new model is watched that one. A slot that is damaged is given up for the other
 * one; if that holds nothing either, the delivery is taken as if the device were new.
 */
async function serveLastModel(state: StateStore, models: Models, serving: Serving, log: (line: string) => void) {
  const open = async (slot: SlotName) => {
    try {
      return await models.open(slot);
    } catch (error) {
      log(`${toFailure(error).code}: slot ${slot}: ${toFailure(error).message}`);
      return undefined;
    }
  };
  const { phase, active, candidate } = state.read();
  const watched = phase === 'watching' && candidate ? await open(candidate.slot) : undefined;
  if (watched) return serving.use(watched);
  if (active === null) return;
  const model = await open(active);
  if (model) return serving.use(model);
  const spare = phase === 'idle' ? await open(otherSlot(active)) : undefined;
  await state.update((was) => ({ ...was, active: spare?.slot ?? null, settled: null }));
  serving.use(spare);
}

/** Carries on what was under way, then takes what was delivered, if that is news. */
async function takeDelivery(options: AgentOptions, ports: UpdatePorts): Promise<void> {
  let delivered: Delivered | undefined;
  try {
    const { release, artifact } = options;
    delivered = { signed: parseDelivery(options.delivery), release, artifact };
  } catch (error) {
    ports.log(`${toFailure(error).code}: ${toFailure(error).message}`); // the model of last time goes on answering
  }
  if (delivered) await beginUpdate(delivered, ports);
  await carryOn(delivered, ports);
  if (!delivered) return;
  await beginUpdate(delivered, ports);
  await carryOn(delivered, ports);
}

function describeDevice({ architecture, agentVersion }: AgentOptions, serving: Serving, server: Server) {
  const { modelId, modelDigest } = serving.model()?.release ?? {};
  const activeModel = modelId && modelDigest ? { modelId, modelDigest } : null;
  return { architecture, agentVersion, activeModel, predictUrl: urlOf(server) };
}

/** The agent before this one may still be closing: its port is waited for. */
async function listen(server: Server, port: number, log: (line: string) => void): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 20) throw error; // listen's errors have codes
      log(`PORT_TAKEN: 127.0.0.1:${port} is in use; trying again`);
      await pause(250);
    }
  }
}

function urlOf(server: Server): string {
  const address = server.address() as AddressInfo | null; // listens on TCP, so not a path
  return `http://127.0.0.1:${address?.port}`;
}

async function close(server: Server, serving: Serving, reporter: Reporter): Promise<void> {
  await reporter.stop();
  serving.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
