/** The contract suites against another implementation than ours; `npm run conformance` says which by the environment. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/conformance/suites/*.conformance.ts'],
    // One server and two cores: more at once only wait for each other.
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
