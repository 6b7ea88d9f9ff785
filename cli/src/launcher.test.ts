import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runId, toTraining, view } from './testing/example-runs.ts';
import { listen } from './testing/fake-api.ts';

const launcher = fileURLToPath(new URL('../bin/dropforge.mjs', import.meta.url));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
  const result = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { child, result: result.then(([[status], out, err]) => ({ status, out, err })) };
}

it('the command passes on what is written, and the exit code', async () => {
  const [help, wrong] = await Promise.all([start(['--help']).result, start(['show']).result]);
  expect(help).toMatchObject({ status: 0, err: '', out: expect.stringContaining('drop [options] <folder|archive>') });
  expect(wrong).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/^error: .*\n {2}do: .*\n$/) });
});

it('the command passes on signals', async () => {
  const asked = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.end(JSON.stringify(view({}, ...toTraining)));
    asked.resolve();
  });
  const { child, result } = start(['watch', runId, '--api', await listen(server)]);
  await asked.promise;
  child.kill('SIGINT');
  expect(await result).toMatchObject({ status: 130, err: expect.stringContaining('the run goes on') });
  server.close();
});
