import { datasetReceived } from '@dropforge/events';
import { type CommitPorts, createMemoryRunStore } from '@dropforge/pipeline-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { runReportStep } from './on-agent-report.ts';
import { runExternalStep } from './on-external-event.ts';

const { runId } = datasetReceived.example;
const result = { runId, event: datasetReceived.of(datasetReceived.example) };
const report = {
  thing: 'device-a',
  status: 'alive',
  architecture: 'armv7l',
  agentVersion: '1',
  activeModel: null,
  sentAt: '2026-01-01T00:00:00.000Z',
};
let kit: CommitPorts;
let published: string[];

beforeEach(() => {
  published = [];
  kit = {
    runs: createMemoryRunStore(),
    now: () => new Date('2026-01-01T00:00:00Z'),
    async publish(entries) {
      published.push(...entries.map(({ eventId }) => eventId));
      return new Set(published);
    },
  };
});

describe('an event of somebody else', () => {
  const event = { detail: 1, resources: [], time: '2026-01-01T00:00:00Z' };

  it('moves its run once, however often it comes and whatever its own id is', async () => {
    for (let delivery = 0; delivery < 3; delivery++) await runExternalStep(event, async () => result, undefined, kit);
    expect(published).toEqual([`${runId}.t1.dataset.received`]);
    expect((await kit.runs.read(runId))?.history).toHaveLength(1);
  });

  it('does nothing when it is not about us', async () => {
    await runExternalStep(event, async () => undefined, undefined, kit);
    expect(await kit.runs.read(runId)).toBeUndefined();
  });
});

describe('a message on the report topic', () => {
  it('moves the run that the step finds in it', async () => {
    await runReportStep(report, async () => result, undefined, kit);
    expect(await kit.runs.read(runId)).toMatchObject({ state: 'received' });
  });

  it('is left when it is no report: a device can send anything', async () => {
    const never = async () => {
      throw new Error('the step was asked');
    };
    for (const message of [undefined, null, 'x', 7, {}, { ...report, status: 'on fire' }, { ...report, thing: '' }])
      await runReportStep(message, never, undefined, kit);
    expect(published).toEqual([]);
  });
});
