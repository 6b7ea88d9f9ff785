import { expect, it } from 'vitest';
import { model, modelDigest, runId, summary, view } from '../testing/example-runs.ts';
import { startFakeApi } from '../testing/fake-api.ts';
import { runCommand } from '../testing/run-command.ts';

it('declines the model that waits, with the reason, and says when there is none', async () => {
  let waiting = view({ state: 'awaiting-approval', model });
  const api = await startFakeApi({ showRun: () => waiting, declineRun: () => summary({ state: 'rejected' }) });
  const decline = () => runCommand(['--api', api.url, 'decline', runId, '--reason', 'too slow']);
  expect(await decline()).toMatchObject({ code: 0, out: expect.stringContaining(`${runId} is rejected`) });
  const body = { modelDigest, reason: 'too slow' };
  expect(api.requests.at(-1)).toMatchObject({ route: `POST /runs/${runId}/decline`, body });
  waiting = view({ state: 'training' });
  expect((await decline()).err).toContain('NO_MODEL_YET');
  api.close();
});
