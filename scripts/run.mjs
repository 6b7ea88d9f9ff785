#!/usr/bin/env node
/**
 * Every verb of package.json comes through here: it sets up what is missing and goes on with the project's own Node.
 * Plain JavaScript without dependencies, since it runs before there are any, on whatever Node (20 or newer) there is.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './set-up.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const verbs = {
  demo: { needs: ['jobs', 'demo'], script: 'cli/src/demo/main.ts' },
  start: { needs: ['jobs'], script: 'local/src/main.ts' },
  test: { needs: ['jobs', 'gateware', 'test'], script: 'scripts/test.ts' },
  check: { needs: ['check'], script: 'scripts/check.ts' },
  build: { needs: [], script: 'scripts/build.ts' },
  faults: { needs: [], script: 'test/faults/main.ts' },
  conformance: { needs: ['conformance'], script: 'test/conformance/main.ts' },
  bench: { needs: ['jobs'], script: 'bench/main.ts' },
  fuzz: { needs: ['jobs', 'fuzz'], script: 'test/fuzz/main.ts' },
  gateware: { needs: ['gateware'], script: 'edge/gateware/src/main.ts' },
  package: { needs: ['kernels'], script: 'scripts/deploy/package.ts' },
  deploy: { needs: ['kernels'], script: 'scripts/deploy/deploy.ts' },
  remove: { needs: [], script: 'scripts/deploy/remove.ts' },
  images: { needs: [], script: 'scripts/deploy/images.ts' },
  bitstream: { needs: ['bitstream'], script: 'scripts/deploy/bitstream.ts' },
};

const [verb = '', ...rest] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb)) {
  console.error(`There is no verb "${verb}". There are: ${Object.keys(verbs).join(', ')}.`);
  process.exit(2);
}

const { needs, script } = verbs[verb];
const environment = setUp(root, needs);
const bin = join(root, 'node_modules/.bin');

// The compiler that builds them came with these packages.
if (needs.includes('jobs') || needs.includes('kernels')) {
  const { status } = runNode('scripts/wasm/build-kernels.ts', []);
  if (status !== 0) process.exit(status ?? 1);
}
const { status, signal } = runNode(script, rest);
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));

function runNode(file, args) {
  const result = spawnSync(join(bin, 'node'), ['--disable-warning=ExperimentalWarning', join(root, file), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...environment, PATH: `${bin}:${process.env.PATH}` },
  });
  const { error } = result;
  if (error) console.error(`${error.message}\nThe npm packages are damaged: delete node_modules, then try again.`);
  return result;
}
