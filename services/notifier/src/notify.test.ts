import { datasetReceived, trainingRequested, trainingStarted } from '@dropforge/events';
import { type Run, runIdOfRequest } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { notify } from './notify.ts';
import type { Message, Ports, Posted, Slack } from './ports.ts';

const { runId } = datasetReceived.example;
const delivery = (event = trainingStarted.of(trainingStarted.example)) => ({
  eventId: 'e1',
  occurredAt: '2026-01-01T00:00:00.000Z',
  event,
});

/** A Slack that remembers what it shows, a table of messages, and the run in whatever state a test puts it. */
function createFakeSlack(state: Run['state'] = 'training') {
  const messages = new Map<string, string>();
  const log: string[] = [];
  const threads = new Map<string, Posted | 'claimed'>();
  const world = {
    state: state as Run['state'] | undefined, // some tests take the run away
    isSetUp: true,
    /** Called while Slack works on a message. */
    whileBusy: (): void | Promise<void> => {},
  };
  const slack: Slack = {
    takesClicks: true,
    async post({ text }: Message) {
      await world.whileBusy();
      const ts = `${messages.size + 1}`;
      messages.set(ts, text);
      log.push(`post ${text}`);
      return { channel: 'C1', ts };
    },
    async edit({ ts }, { text }) {
      await world.whileBusy();
      messages.set(ts, text);
      log.push(`edit ${text}`);
    },
  };
  const ports: Ports = {
    apiUrl: undefined,
    slack: async () => (world.isSetUp ? slack : undefined),
    threads: {
      async read(id) {
        const thread = threads.get(id);
        return thread === 'claimed' ? undefined : thread;
      },
      async claim(id) {
        if (threads.has(id)) return false;
        threads.set(id, 'claimed');
        return true;
      },
      write: async (id, posted) => void threads.set(id, posted),
    },
  };
  const runs = {
    read: async (id: string): Promise<Run | undefined> =>
      world.state && {
        runId: id,
        project: 'flowers',
        state: world.state,
        attempt: 1,
        revision: 1,
        createdAt: '',
        updatedAt: '',
        facts: {},
        history: [],
        outbox: [],
        nudges: 0,
      },
  };
  return { messages, log, threads, world, tell: (said = delivery()) => notify(said, ports, runs) };
}

describe("a run's message", () => {
  it('is posted once, and edited from then on', async () => {
    const { messages, log, world, tell } = createFakeSlack('received');
    await tell();
    world.state = 'training';
    await tell();
    world.state = 'deployed';
    await tell();
    expect([...messages.values()]).toEqual([':white_check_mark: flowers: running on the devices']);
    expect(log.map((line) => line.split(' ')[0])).toEqual(['post', 'edit', 'edit']);
  });

  it('shows the run as it is, not what a late or repeated event says', async () => {
    const { messages, world, tell } = createFakeSlack('deployed');
    await tell();
    await tell();
    world.state = 'deployed';
    await tell(delivery());
    expect([...messages.values()]).toEqual([':white_check_mark: flowers: running on the devices']);
  });

  it('is posted by one of many deliveries; the others come again', async () => {
    const { messages, tell } = createFakeSlack();
    const results = await Promise.allSettled([tell(), tell(), tell()]);
    expect(messages.size).toBe(1);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toHaveLength(2);
    for (const reason of refused) expect(reason).toMatchObject({ name: 'RetryableError' });
    await tell();
    expect(messages.size).toBe(1);
  });

  it('catches up with a run that moved while Slack was busy', async () => {
    const { messages, log, world, tell } = createFakeSlack('received');
    const moves = ['validated', 'training'] as const;
    let move = 0;
    world.whileBusy = () => {
      world.state = moves[move++] ?? world.state;
    };
    await tell();
    expect([...messages.values()]).toEqual([':weight_lifter: flowers: training']);
    expect(log).toHaveLength(3);
  });

  it('does not run after a run for ever', async () => {
    const { log, world, tell } = createFakeSlack('received');
    world.whileBusy = () => {
      world.state = world.state === 'received' ? 'validated' : 'received';
    };
    await tell();
    expect(log.length).toBeLessThanOrEqual(6);
  });

  it('is not thought to be there when Slack failed', async () => {
    const { threads, world, tell } = createFakeSlack();
    world.whileBusy = () => Promise.reject(new Error('slack is down'));
    await expect(tell()).rejects.toThrow('slack is down');
    expect(threads.get(runId)).toBe('claimed'); // the right to post lapses
  });
});

it('finds the run of a request, which has no run id yet', async () => {
  const { threads, tell } = createFakeSlack();
  const { project, idempotencyKey } = trainingRequested.example;
  await tell(delivery(trainingRequested.of(trainingRequested.example) as never)); // any event of ours will do
  expect([...threads.keys()]).toEqual([runIdOfRequest(project, idempotencyKey)]);
});

it('says nothing where nobody has set Slack up, and of a run that is not there', async () => {
  const unset = createFakeSlack();
  unset.world.isSetUp = false;
  await unset.tell();
  const gone = createFakeSlack();
  gone.world.state = undefined;
  await gone.tell();
  expect([unset.messages.size, gone.messages.size]).toEqual([0, 0]);
});
