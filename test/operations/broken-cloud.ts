/** An embedded cloud whose dataset-validator has a fault that a test can mend, and a dataset to find it with. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cloud, slackService, startCloud } from '@dropforge/local';
import sharp from 'sharp';
import { type CommandResult, runCommand } from '../../cli/src/testing/run-command.ts';
import { stateFolder } from '../../local/src/testing/state-folder.ts';

export interface BrokenCloud {
  readonly cloud: Cloud;
  /** Where the cloud keeps its state, logs among it. */
  readonly directory: string;
  /** The dataset-validator finds what it needs from now on. */
  mend(): void;
  dropforge(...args: string[]): Promise<CommandResult>;
  /** Drops six images of two classes with these names; the recipe is unfit for so few, so nothing is ever trained. */
  drop(classNames: readonly [string, string]): Promise<string>;
  stop(): Promise<void>;
}

export async function startBrokenCloud(): Promise<BrokenCloud> {
  const root = stateFolder('operations');
  const directory = join(root, '.dropforge');
  let broken = true;
  const cloud = await startCloud({
    directory,
    serverlessFile: fileURLToPath(new URL('../../serverless.yml', import.meta.url)),
    services: [slackService],
    firstRetryMilliseconds: 10,
    faults: {
      async onRequest({ service, request, response }, answer) {
        const reads = request.method === 'GET' && /\/datasets\/[0-9a-f]+\/manifest\.json/.test(request.url ?? '');
        if (!broken || service !== 's3' || !reads) return answer();
        response.writeHead(403, { 'content-type': 'application/xml' });
        response.end('<Error><Code>AccessDenied</Code><Message>Broken by the test.</Message></Error>');
      },
    },
  });
  const dropforge = (...args: string[]) => runCommand([...args, '--json'], { directory: root });
  return {
    cloud,
    directory,
    mend: () => {
      broken = false;
    },
    dropforge,
    async drop(classNames) {
      const folder = join(root, 'pets');
      for (const [label, name] of classNames.entries()) {
        mkdirSync(join(folder, name), { recursive: true });
        for (let n = 0; n < 3; n++) {
          const background = { r: 60 * n, g: 100 * label, b: 0 };
          const picture = sharp({ create: { width: 8, height: 8, channels: 3, background } });
          writeFileSync(join(folder, name, `${n}.png`), await picture.png().toBuffer());
        }
      }
      writeFileSync(join(folder, 'recipe.yaml'), 'batchSize: 64\n');
      const { runId } = (await dropforge('drop', 'pets')).json() as { runId: string }; // the command's own result
      return runId;
    },
    async stop() {
      await cloud.stop();
      rmSync(root, { recursive: true });
    },
  };
}
