import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultPoints } from './fault-points.ts';
import { type AgentProcess, startAgentProcess } from './testing/agent-process.ts';
import { type FakeCloud, startFakeCloud } from './testing/fake-cloud.ts';
import { type FakeRelease, fakeClasses, fakeImage, writeFakeRelease } from './testing/fake-release.ts';
import { logitsOf } from './testing/fake-runner.ts';

let directory: string;
let program: string;
/** The work directory of a device that runs model 1. */
let prepared: string;
let cloud: FakeCloud;
let devices = 0;
const running = new Set<AgentProcess>();
const seen = new Set<string>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-power-'));
  program = join(directory, 'agent.mjs');
  const entry = fileURLToPath(new URL('./testing/agent-with-faults.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
  });
  cloud = await startFakeCloud();
  prepared = join(directory, 'prepared');
  const first = start(prepared, await writeFakeRelease(join(directory, 'first'), { seed: 1 }));
  await first.line('AGENT_SETTLED');
  await cloud.waitFor(({ status }) => status === 'committed');
  await pullPlug(first);
});
afterEach(async () => {
  for (const agent of running) await pullPlug(agent);
});
afterAll(async () => {
  cloud.close();
  await rm(directory, { recursive: true });
});

/** Starts the agent of a device with a delivery; `faultAt`, `faultPoint`: at which place its plug is pulled. */
function start(work: string, delivered: FakeRelease, faultAt = 0, faultPoint = ''): AgentProcess {
  const { releasePath, artifactPath, keysPath, delivery } = delivered;
  const files = ['--release', releasePath, '--artifact', artifactPath, '--delivery', delivery];
  const args = [...files, '--work', work, '--thing', 'device-1'];
  const agent = startAgentProcess(program, args, {
    DROPFORGE_ARCHITECTURE: 'x86_64',
    DROPFORGE_SIGNING_KEYS: keysPath,
    DROPFORGE_PREDICT_PORT: '0',
    DROPFORGE_WATCH_SECONDS: '0.01',
    DROPFORGE_WATCH_CHECKS: '2',
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: cloud.url,
    FAULT_AT: String(faultAt),
    FAULT_POINT: faultPoint,
  });
  running.add(agent);
  return agent;
}

async function pullPlug(agent: AgentProcess): Promise<void> {
  agent.child.kill('SIGKILL');
  await agent.ended;
  running.delete(agent);
}

/** Asks the agent and returns which model answered, after comparing every logit; undefined: it ended before. */
async function askWhoAnswers(agent: AgentProcess): Promise<string | undefined> {
  const url = (await agent.line('AGENT_STARTED: '))?.split(' ')[1];
  if (!url) return undefined;
  const image = fakeImage(7);
  const response = await fetch(`${url}/predict`, { method: 'POST', body: Buffer.from(image) }).catch(() => undefined);
  if (!response) return undefined;
  const answer = (await response.json()) as { modelId: string; logits: number[] }; // compared below
  const seed = Number(String(answer.modelId).split('-')[1]);
  expect({ status: response.status, logits: answer.logits }).toEqual({
    status: 200,
    logits: logitsOf(image, seed, fakeClasses.length),
  });
  return answer.modelId;
}

/** A device that runs model 1, and the delivery of model 2. */
async function createDevice(behaviour: 'good' | 'wrong-later') {
  const place = join(directory, `device-${++devices}`);
  const work = join(place, 'work');
  await cp(prepared, work, { recursive: true, verbatimSymlinks: true });
  cloud.reports.length = 0;
  return { work, delivered: await writeFakeRelease(join(place, 'delivery'), { seed: 2, behaviour }) };
}

/** Pulls the plug at one place of the update, starts again, and checks that the update ends as it should. */
async function survives(
  behaviour: 'good' | 'wrong-later',
  faultAt: number,
  endsWith: string,
  verdict: string,
): Promise<boolean> {
  const { work, delivered } = await createDevice(behaviour);
  const cut = start(work, delivered, faultAt);
  await Promise.race([cut.ended, cut.line('AGENT_SETTLED')]);
  for (const line of cut.lines) if (line.startsWith('REACHED')) seen.add(line.split(' ')[2] ?? '');
  const wasCut = !cut.lines.includes('AGENT_SETTLED');
  await pullPlug(cut);
  const again = start(work, delivered);
  expect(['flowers-1', 'flowers-2']).toContain(await askWhoAnswers(again));
  await again.line('AGENT_SETTLED');
  expect(await askWhoAnswers(again)).toBe(endsWith);
  await cloud.waitFor(({ status, candidate }) => status === verdict && candidate?.modelId === 'flowers-2');
  await pullPlug(again);
  return wasCut;
}

describe('a power cut during an update', () => {
  it('at every place: the old or the new model answers bit for bit, and the update is finished', async () => {
    let places = 1;
    while (await survives('good', places, 'flowers-2', 'committed')) places++;
    expect(places).toBeGreaterThan(15);
    expect([...seen].sort()).toEqual([...faultPoints].sort());
  });

  it('at every place of going back: the old model answers in the end', async () => {
    // The places before the watch are those of the test above.
    for (let place = 16; await survives('wrong-later', place, 'flowers-1', 'reverted'); place++);
  });

  it('that the new model causes: it is given up, and the old one answers', async () => {
    const { work, delivered } = await createDevice('good');
    for (let cut = 0; cut < 6; cut++) {
      const agent = start(work, delivered, 0, 'health-checked');
      await agent.ended;
      expect(agent.lines).not.toContain('AGENT_SETTLED');
    }
    const last = start(work, delivered, 0, 'health-checked');
    await last.line('AGENT_SETTLED');
    expect(await askWhoAnswers(last)).toBe('flowers-1');
    const { reason } = await cloud.waitFor(({ status }) => status === 'reverted');
    expect(reason?.code).toBe('RESTARTED_TOO_OFTEN');
  });

  it('at any moment, again and again: the update is finished all the same', async () => {
    const { work, delivered } = await createDevice('good');
    for (let cut = 0; cut < 6; cut++) {
      const agent = start(work, delivered);
      const random = ((cut * 7_919 + process.pid) % 250) + 40;
      const timer = setTimeout(() => agent.child.kill('SIGKILL'), random);
      const who = await askWhoAnswers(agent);
      if (who) expect(['flowers-1', 'flowers-2']).toContain(who);
      await agent.ended;
      clearTimeout(timer);
    }
    const last = start(work, delivered);
    await last.line('AGENT_SETTLED');
    expect(await askWhoAnswers(last)).toBe('flowers-2');
  });
});
