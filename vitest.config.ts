import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // By default one core is left alone; most tests wait for servers and compilers of their own.
    maxWorkers: 2,
    exclude: ['**/node_modules/**', '.dropforge/**', '.build/**'],
    // What a fresh checkout lacks although its packages are installed.
    globalSetup: ['scripts/wasm/build-kernels.ts'],
    // Embedded servers and compilers share two cores with the tests, so the limit is generous; nothing waits for it.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_TRACE_ENABLED: 'false' },
  },
});
