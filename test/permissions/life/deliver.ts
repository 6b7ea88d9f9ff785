/** From a drop to the devices, allowed by the API, by Slack and by the recipe; and everything that only shows something. */
import { recipeFor } from '../../flow/whole-cloud/behaviours.ts';
import { until } from '../../flow/whole-cloud/user.ts';
import { checkpointingImageSize, deviceGroup } from '../cloud/start-recorded-cloud.ts';
import { archive, ends, type World } from './world.ts';

export async function deliver(world: World): Promise<void> {
  const { user, api, training } = world;
  const runId = await training(async () => {
    const recipe = delivering('manual').replace('imageSize: 16', `imageSize: ${checkpointingImageSize}`);
    const id = await user.drop('shop/first', await archive(6), recipe);
    await user.reaches(id, 'training');
    await api('GET', `/runs/${id}`);
    await user.reaches(id, 'awaiting-approval');
    return id;
  });
  const { model, dataset } = (await user.show(runId)) ?? {};
  await api('POST', `/runs/${runId}/approve`, { modelDigest: model?.modelDigest });
  await ends(user, runId, 'deployed');
  await look(api, runId, String(model?.modelId));
  const again = (approval: 'auto' | 'manual', state: string) =>
    training(async () => {
      const recipe = delivering(approval);
      const begun = await api('POST', '/runs', { project: 'shop', source: { dataset: dataset?.digest }, recipe });
      await user.reaches(String(begun.runId), state);
      return String(begun.runId);
    });
  await ends(user, await again('auto', 'deployed'), 'deployed');
  const clicked = await again('manual', 'awaiting-approval');
  await click(world, clicked, 'approve');
  await ends(user, clicked, 'deployed');
}

/** A second project's model, which somebody refuses with Slack's button. */
export async function decline(world: World): Promise<void> {
  const { user, training } = world;
  await training(async () => {
    const runId = await user.drop('gallery/first', await archive(4), delivering('manual'));
    await user.reaches(runId, 'awaiting-approval');
    await click(world, runId, 'decline');
    await ends(user, runId, 'rejected');
  });
}

function delivering(approval: 'auto' | 'manual'): string {
  const deployment = `deployment: {to: ${deviceGroup}, approval: ${approval}}`;
  return recipeFor('does well').replace('deployment: {to: none}', deployment);
}

/** Every page that only shows something, with every file that it links to. */
async function look(api: World['api'], runId: string, modelId: string): Promise<void> {
  for (const path of ['/health', '/runs', '/runs?project=shop', '/models', '/devices']) await api('GET', path);
  const lists = [await api('GET', `/models/${modelId}`), await api('GET', `/runs/${runId}/files`)];
  for (const { url } of lists.flatMap(({ files }) => files as { url: string }[])) {
    const response = await fetch(url); // a link of the API's, made for its own caller
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    await response.arrayBuffer();
  }
}

/** On the run's message, as soon as it has the button. */
async function click({ cloud, user }: World, runId: string, action: string): Promise<void> {
  const form = await until(`Slack shows the button ${action} for ${runId}`, async () => {
    for (const text of await user.messages()) {
      const actionId = new RegExp(`"action_id":"([^"]*${action}[^"]*)"`).exec(text)?.[1];
      const ts = /"ts":"([^"]+)"/.exec(text)?.[1];
      if (text.includes(runId) && actionId && ts) return new URLSearchParams({ ts, action: actionId });
    }
    return undefined;
  });
  const response = await fetch(`${cloud.endpoints.slack}/click`, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`the click answered ${response.status}: ${await response.text()}`);
}
