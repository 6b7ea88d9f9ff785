import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokenCloud, startBrokenCloud } from './broken-cloud.ts';

let world: BrokenCloud;
let runId = '';

beforeAll(async () => {
  world = await startBrokenCloud();
  runId = await world.drop(['cat', 'dog']);
});
afterAll(() => world.stop());

interface Letter {
  readonly id: string;
  readonly functionName: string;
  readonly attempts: number;
}

/** Asking the command takes its second each time, and tells no more. */
const lettersLie = (count: number) => {
  const { name = '' } = world.cloud.description.queues.find(({ logicalId }) => logicalId === 'DeadLetters') ?? {};
  return expect.poll(() => world.cloud.queues.count(name), { timeout: 60_000 }).toBe(count);
};
const letters = async () => (await world.dropforge('dead-letters', 'list')).json() as { deadLetters: Letter[] }; // its own result
const timeline = async () => {
  const run = (await world.dropforge('show', runId)).json() as { state: string; history: Record<string, unknown>[] }; // ditto
  return { state: run.state, events: run.history.map(({ event, kind = 'move' }) => `${kind} ${event}`) };
};

it('names the event that a function failed at, its run, its error and how often it was tried', async () => {
  await lettersLie(1);
  expect(await letters()).toMatchObject({
    deadLetters: [
      {
        givenUpBy: 'lambda',
        event: { type: 'dataset.received', runId },
        functionName: 'dropforge-dev-dataset-validator-validate',
        error: { code: 'AccessDenied', message: 'Broken by the test.' },
        attempts: 3,
      },
    ],
  });
  expect((await timeline()).events.at(-1)).toBe('failure dataset.received');
});

it('shows it for people, and what to do next', async () => {
  const [letter] = (await letters()).deadLetters;
  const shown = await world.dropforge('dead-letters', 'show', letter?.id.slice(0, 8) ?? '');
  expect(shown.json()).toMatchObject({ payload: { 'detail-type': 'dataset.received', detail: { data: { runId } } } });
  expect(await world.dropforge('dead-letters', 'show', 'zzz')).toMatchObject({
    code: 4,
    err: expect.stringContaining('NO_SUCH_DEAD_LETTER'),
  });
});

it('comes back when it is sent again too early', async () => {
  const [before] = (await letters()).deadLetters;
  expect((await world.dropforge('dead-letters', 'redrive', '--all')).json()).toEqual({ redriven: [before?.id] });
  await lettersLie(1);
  const [after] = (await letters()).deadLetters;
  expect(after?.id).not.toBe(before?.id);
  expect((await timeline()).state).toBe('received');
});

it('goes on once the fault is mended, exactly once, however often it is sent', async () => {
  world.mend();
  const [letter] = (await letters()).deadLetters;
  const id = letter?.id ?? '';
  expect((await world.dropforge('dead-letters', 'redrive', id)).json()).toEqual({ redriven: [id] });
  await expect.poll(async () => (await timeline()).state, { timeout: 60_000 }).toBe('rejected');
  expect(await letters()).toEqual({ deadLetters: [] });
  expect(await world.dropforge('dead-letters', 'redrive', id)).toMatchObject({ code: 4 });
  const { events } = await timeline();
  expect(events.filter((event) => event === 'move config.rejected')).toHaveLength(1);
  expect(events.at(-1)).toBe('move config.rejected');
});

it('is forgotten when a person says so', async () => {
  const { cloud } = world;
  const queue = cloud.description.queues.find(({ logicalId }) => logicalId === 'DeadLetters')?.name ?? '';
  for (const body of ['nobody knows', '{}']) cloud.queues.send(queue, body, {}, Date.now());
  const [one] = (await letters()).deadLetters;
  expect(await world.dropforge('dead-letters', 'redrive', one?.id ?? '')).toMatchObject({
    code: 5,
    err: expect.stringContaining('DESTINATION_UNKNOWN'),
  });
  expect(await world.dropforge('dead-letters', 'drop', '--all')).toMatchObject({ code: 1 });
  expect(cloud.queues.count(queue)).toBe(2);
  expect((await world.dropforge('dead-letters', 'drop', '--all', '--yes')).code).toBe(0);
  expect(cloud.queues.count(queue)).toBe(0);
});
