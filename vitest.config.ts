import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/.dropforge/**', '**/.build/**'];

/** What changes a process for good: its variables and clock, and our handlers, which keep their clients. */
const changesProcess =
  /\bvi\.(stubEnv|stubGlobal|mock|resetModules|useFakeTimers)\b|\bprocess\.env\.\w+ = |\b(startFixtureCloud|runWorld|startWorld)\b/;
const ownProcess = globSync('**/*.test.ts', { cwd: import.meta.dirname, exclude }).filter((file) =>
  changesProcess.test(readFileSync(new URL(file, import.meta.url), 'utf8')),
);

export default defineConfig({
  test: {
    // By default one core is left alone; most tests wait for servers and compilers of their own.
    maxWorkers: 2,
    // What a fresh checkout lacks although its packages are installed.
    globalSetup: ['scripts/wasm/build-kernels.ts'],
    // Embedded servers and compilers share two cores with the tests, so the limit is generous; nothing waits for it.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_TRACE_ENABLED: 'false' },
    // Loading the modules anew for each of 300 files takes longer than what most of them test.
    projects: [
      {
        extends: true,
        test: { name: 'one process', include: ['**/*.test.ts'], exclude: [...exclude, ...ownProcess], isolate: false },
      },
      { extends: true, test: { name: 'own process', include: ownProcess, exclude } },
    ],
  },
});
