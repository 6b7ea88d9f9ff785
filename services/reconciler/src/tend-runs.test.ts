import { configRendered, runCancelled, trainingCompleted, trainingQueued } from '@dropforge/events';
import { commit, eventIdOf, jobNames, type OutboxEntry } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { at, createFakeWorld, dueRun } from './fake-ports.ts';
import { tendRuns } from './tend-runs.ts';

const minutesBetween = (from: string, to: string | undefined) => (Date.parse(to ?? '') - Date.parse(from)) / 60_000;

const names = jobNames('dev');

describe('an event that was not sent', () => {
  const entry: OutboxEntry = {
    eventId: 'e1',
    name: 'training.queued',
    occurredAt: at(0),
    data: trainingQueued.example,
  };

  it('is sent, and the run is asked nothing in the same look', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'waiting-quota', { outbox: [entry] });
    await kit.runs.write(run);
    await tendRuns(ports, kit);
    expect(world.published).toEqual(['training.queued']);
    expect(world.resaid).toEqual([]);
    expect(await kit.runs.read(run.runId)).toMatchObject({ outbox: [], nudges: 0, attentionAt: at(1) });
  });

  it('stays on the run, first in line, while the bus is down', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'waiting-quota', { outbox: [entry] });
    await kit.runs.write(run);
    world.busTakes = false;
    await tendRuns(ports, kit);
    expect(await kit.runs.read(run.runId)).toMatchObject({ outbox: [entry], attentionAt: at(0) });
  });
});

describe('a job that is silent', () => {
  it.each([
    ['training', 'train', 'SageMaker Training Job State Change'],
    ['converting', 'convert', 'SageMaker Processing Job State Change'],
  ] as const)('is asked, and answered for: %s', async (state, stage, detailType) => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', state, { attempt: 3 });
    await kit.runs.write(run);
    const detail = { TrainingJobStatus: 'Completed' };
    world.jobs.set(names.of(stage, run.runId, 3), detail);
    await tendRuns(ports, kit);
    expect(world.said).toEqual([{ detailType, detail }]);
    const looked = await kit.runs.read(run.runId);
    expect(looked).toMatchObject({ state, nudges: 1 });
    expect(looked?.history.at(-1)).toMatchObject({
      kind: 'nudge',
      note: expect.stringContaining('SageMaker is asked'),
    });
  });

  it('is given up when SageMaker does not know it, and its slot is freed', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'training', { history: [] });
    await kit.runs.write(run);
    world.minute = 7;
    await tendRuns(ports, kit);
    const stalled = await kit.runs.read(run.runId);
    expect(stalled?.state).toBe('stalled');
    expect(stalled?.facts['run.stalled']).toMatchObject({
      reasons: [
        { code: 'STAGE_OVERDUE', message: 'The run has been "training" for 7 minutes and nothing answers for it.' },
      ],
    });
    expect(world.freed).toEqual([run.runId]);
    expect(world.withdrawn).toContain(names.of('train', run.runId, run.attempt));
    expect(world.published).toEqual(['run.stalled']);
  });

  it('is asked at a steady pace, however long it takes', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'training');
    await kit.runs.write(run);
    world.jobs.set(names.of('train', run.runId, 1), { TrainingJobStatus: 'InProgress' });
    for (world.minute = 0; world.minute < 300; world.minute++) await tendRuns(ports, kit);
    expect(world.described).toHaveLength(60);
    expect((await kit.runs.read(run.runId))?.state).toBe('training');
  });
});

describe('a stage that is silent', () => {
  const facts = { 'config.rendered': { ...configRendered.example } };

  it('hears its trigger once more, with the id that it had', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'configured', { facts });
    await kit.runs.write(run);
    await tendRuns(ports, kit);
    expect(world.resaid).toEqual([
      {
        eventId: eventIdOf(run.runId, 1, 'config.rendered'),
        name: 'config.rendered',
        occurredAt: run.updatedAt,
        data: configRendered.example,
      },
    ]);
  });

  it('is asked less and less often, and then given up', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'configured', { facts });
    await kit.runs.write(run);
    const waits: number[] = [];
    for (let look = 0; look < 9; look++) {
      await tendRuns(ports, kit);
      const now = await kit.runs.read(run.runId);
      if (now?.state === 'stalled') break;
      waits.push(minutesBetween(at(world.minute), now?.attentionAt));
      world.minute += waits.at(-1) ?? 0;
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60, 60]);
    expect(world.resaid).toHaveLength(8);
    expect((await kit.runs.read(run.runId))?.state).toBe('stalled');
  });

  it('that waits for its conversion is tried every five minutes for a day, and then given up', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'trained', { facts: { 'training.completed': trainingCompleted.example } });
    await kit.runs.write(run);
    for (let look = 0; look < 500 && (await kit.runs.read(run.runId))?.state === 'trained'; look++) {
      await tendRuns(ports, kit);
      world.minute += 5;
    }
    expect(world.resaid.length).toBeGreaterThan((24 * 60) / 5);
    expect((await kit.runs.read(run.runId))?.state).toBe('stalled');
  });

  it('that waits for a slot is tried every minute and never given up', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'waiting-quota', { facts });
    await kit.runs.write(run);
    for (world.minute = 0; world.minute < 60; world.minute++) await tendRuns(ports, kit);
    expect(world.resaid).toHaveLength(60);
    expect((await kit.runs.read(run.runId))?.state).toBe('waiting-quota');
  });

  it('where a person decides is reminded of at most once a day, for ever', async () => {
    const { world, ports, kit } = createFakeWorld();
    const run = dueRun('a', 'awaiting-approval', { facts, nudges: 30 });
    await kit.runs.write(run);
    await tendRuns(ports, kit);
    const after = await kit.runs.read(run.runId);
    expect(after?.state).toBe('awaiting-approval');
    expect(minutesBetween(at(world.minute), after?.attentionAt)).toBe(24 * 60);
  });
});

it('tells the services of a cancelled run a few times: a job may have been on its way', async () => {
  const { world, ports, kit } = createFakeWorld();
  const run = dueRun('a', 'configured');
  await kit.runs.write(run);
  await commit(runCancelled.of({ ...runCancelled.example, runId: run.runId }), run.runId, kit);
  for (world.minute = 0; world.minute < 500; world.minute++) await tendRuns(ports, kit);
  const told = world.resaid.map(({ name }) => name);
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(told.length).toBeLessThanOrEqual(3);
  expect(new Set(told)).toEqual(new Set(['run.cancelled']));
  const rested = await kit.runs.read(run.runId);
  expect(rested?.state).toBe('cancelled');
  expect(rested).not.toHaveProperty('attentionAt');
});

describe('two reconcilers at once', () => {
  it('act on one look once', async () => {
    const { world, ports, kit } = createFakeWorld();
    await kit.runs.write(dueRun('a', 'configured', { facts: { 'config.rendered': { ...configRendered.example } } }));
    await Promise.all([tendRuns(ports, kit), tendRuns(ports, kit)]);
    expect(world.resaid).toHaveLength(1);
  });
});

it('goes on past a run that fails, and says afterwards that one did', async () => {
  const { world, ports, kit } = createFakeWorld();
  const bad = dueRun('bad', 'training');
  const good = dueRun('good', 'training', { attentionAt: at(1) });
  await kit.runs.write(bad);
  await kit.runs.write(good);
  world.minute = 1;
  world.jobs.set(names.of('train', good.runId, 1), { TrainingJobStatus: 'Completed' });
  const failing = {
    ...ports,
    describeTraining: async (name: string) => {
      if (name.includes(bad.runId)) throw new Error('ThrottlingException');
      return ports.describeTraining(name);
    },
  };
  await expect(tendRuns(failing, kit)).rejects.toThrow('1 runs could not be tended');
  expect(world.said).toHaveLength(1);
});

it('leaves runs whose time has not come', async () => {
  const { world, ports, kit } = createFakeWorld();
  await kit.runs.write(dueRun('a', 'training', { attentionAt: at(5) }));
  await tendRuns(ports, kit);
  expect(world.described).toEqual([]);
});
