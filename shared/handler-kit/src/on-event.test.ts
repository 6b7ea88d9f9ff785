import { type AnyEvent, configRendered, datasetReceived, datasetValidated } from '@dropforge/events';
import { type CommitPorts, commit, createMemoryRunStore, type OutboxEntry } from '@dropforge/pipeline-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { RetryableError } from './errors.ts';
import { parseEvent, runStep } from './on-event.ts';

const { runId, project } = datasetReceived.example;
const received = datasetReceived.of(datasetReceived.example);
const validated = datasetValidated.of(datasetValidated.example);
const detail = { version: 1, eventId: 'e1', occurredAt: '2026-01-01T00:00:00.000Z', data: datasetReceived.example };

describe('parseEvent', () => {
  it('gives the data of the event that the function takes', () => {
    expect(parseEvent(datasetReceived, { 'detail-type': 'dataset.received', detail })).toEqual(received);
  });

  it('refuses another event, and says where the mistake is', () => {
    expect(() => parseEvent(datasetReceived, { 'detail-type': 'config.rendered', detail })).toThrow(
      'This function takes dataset.received and was given config.rendered; see its trigger in service.yml.',
    );
  });

  it('refuses an envelope without its fields, and data that breaks the contract', () => {
    const parse = (broken: unknown) => () =>
      parseEvent(datasetReceived, { 'detail-type': 'dataset.received', detail: broken });
    expect(parse({ ...detail, eventId: undefined })).toThrow(/eventId/);
    expect(parse(detail.data)).toThrow();
    expect(parse({ ...detail, data: { ...detail.data, runId: '../etc' } })).toThrow(/run id/);
  });
});

describe('runStep', () => {
  let kit: CommitPorts;
  let published: string[];
  let calls: number;
  const step = (next: AnyEvent | undefined) => async () => {
    calls++;
    return next;
  };

  beforeEach(async () => {
    published = [];
    calls = 0;
    kit = {
      runs: createMemoryRunStore(),
      now: () => new Date('2026-01-01T00:00:00Z'),
      async publish(entries: readonly OutboxEntry[]) {
        published.push(...entries.map(({ name }) => name));
        return new Set(entries.map(({ eventId }) => eventId));
      },
    };
    await commit(received, runId, kit);
    published.length = 0;
  });

  it('moves the run and says what happened next', async () => {
    await runStep(received, step(validated), undefined, kit);
    expect(await kit.runs.read(runId)).toMatchObject({ state: 'validated', outbox: [] });
    expect(published).toEqual(['dataset.validated']);
  });

  it('shows the step the run as it is', async () => {
    await runStep(
      received,
      async (_event, _ports, run) => {
        expect(run).toMatchObject({ runId, project, state: 'received' });
        return undefined;
      },
      undefined,
      kit,
    );
  });

  it('skips an event whose run has moved on, without calling the step', async () => {
    await runStep(received, step(validated), undefined, kit);
    await runStep(received, step(validated), undefined, kit);
    expect(calls).toBe(1);
    expect(published).toEqual(['dataset.validated']);
  });

  it('says what an earlier delivery decided and died before it could say', async () => {
    const mute = { ...kit, publish: async () => new Set<string>() };
    await runStep(received, step(validated), undefined, mute);
    await runStep(received, step(validated), undefined, kit);
    expect(calls).toBe(1);
    expect(published).toEqual(['dataset.validated']);
    expect(await kit.runs.read(runId)).toMatchObject({ state: 'validated', outbox: [] });
  });

  it('skips an event of an earlier attempt, and of a run that is not there', async () => {
    const older = { ...received, data: { ...received.data, attempt: 2 } };
    await runStep(older, step(validated), undefined, kit);
    const stranger = { ...received, data: { ...received.data, runId: 'run-aaaaaaaaaaaaaaaaaaaa' } };
    await runStep(stranger, step(validated), undefined, kit);
    expect(calls).toBe(0);
  });

  it('does nothing when the step has nothing to say', async () => {
    await runStep(received, step(undefined), undefined, kit);
    expect(await kit.runs.read(runId)).toMatchObject({ state: 'received' });
    expect(published).toEqual([]);
  });

  it('leaves the run where it is, notes why, and passes the error on when the world is down', async () => {
    const down = async () => {
      throw new RetryableError('S3 does not answer.');
    };
    await expect(runStep(received, down, undefined, kit)).rejects.toBeInstanceOf(RetryableError);
    const run = await kit.runs.read(runId);
    expect(run).toMatchObject({ state: 'received', outbox: [] });
    expect(run?.history.at(-1)).toMatchObject({
      event: 'dataset.received',
      kind: 'failure',
      note: 'RetryableError: S3 does not answer.',
    });
  });

  it('keeps the news of a step that was overtaken as evidence, and says nothing', async () => {
    await runStep(received, step(configRendered.of(configRendered.example)), undefined, kit);
    const run = await kit.runs.read(runId);
    expect(run?.state).toBe('received');
    expect(run?.history.at(-1)).toMatchObject({ event: 'config.rendered', from: 'received' });
    expect(run?.history.at(-1)).not.toHaveProperty('to');
    expect(published).toEqual([]);
  });
});
