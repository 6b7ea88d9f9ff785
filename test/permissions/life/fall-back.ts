/** A run that AWS has no room for, until its last choice; and one whose quota is full for a moment. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoRunStore } from '@dropforge/pipeline-state';
import { recipeFor } from '../../flow/whole-cloud/behaviours.ts';
import { until } from '../../flow/whole-cloud/user.ts';
import { scarce } from '../cloud/scarce-capacity.ts';
import { archive, type World } from './world.ts';

/**
 * Throttled, then without quota for one type of spare capacity, then without capacity of the other: on demand in the
 * end. Each has a price, so that its money is set aside and given back.
 */
export async function fallBack(world: World): Promise<void> {
  const { user, training, capacity } = world;
  const terms = `spot: true, spotWaitSeconds: 3600, instanceTypes: [${scarce.quota}, ${scarce.capacity}]`;
  await training(async () => {
    const runId = await user.drop('scarce/spot', await archive(4), recipe(terms));
    await reaches(world, runId, 'waiting-capacity', 1);
    capacity.calm();
    await lookNow(world, runId);
    await reaches(world, runId, 'waiting-capacity', 2);
    await lookNow(world, runId);
    await user.ended(runId);
    const view = await user.show(runId);
    const started = view?.history.filter(({ event }) => event === 'training.started').length;
    if (started !== 2) throw new Error(`${runId} was started ${started} times: ${JSON.stringify(view?.history)}`);
  });
}

/** The quota counts other people's jobs as well. */
export async function waitForQuota(world: World): Promise<void> {
  const { user, training } = world;
  await training(async () => {
    const runId = await user.drop('scarce/quota', await archive(4), recipe(`instanceTypes: [${scarce.full}]`));
    await reaches(world, runId, 'waiting-quota', 1);
    await lookNow(world, runId);
    await reaches(world, runId, 'training', 1);
    await user.ended(runId);
  });
}

function recipe(terms: string): string {
  return `${recipeFor('does well')}training: {instanceUsdPerHour: 0.5, ${terms}}\n`;
}

function reaches({ user }: World, runId: string, state: string, times: number): Promise<true> {
  return until(`${runId} was ${state} ${times} times`, async () => {
    const view = await user.show(runId);
    return (view?.history.filter(({ to }) => to === state).length ?? 0) >= times || undefined;
  });
}

/** The reconciler looks at the run at once instead of in some minutes. */
async function lookNow({ cloud, user }: World, runId: string): Promise<void> {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(user.options));
  const runs = createDynamoRunStore(table, cloud.description.tables[0]?.name ?? '');
  await until(`${runId} is to be looked at`, async () => {
    const run = await runs.read(runId);
    if (!run || run.outbox.length > 0) return undefined;
    return runs.write({ ...run, attentionAt: '2026-01-01T00:00:00.000Z' });
  });
  const result = await cloud.invoke('reconciler-tend', { source: 'aws.events', detail: {} });
  if (!result.ok) throw new Error(`reconciler-tend failed: ${result.errorMessage}`);
}
