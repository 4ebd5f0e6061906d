import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/support/count-reporter.js';

// Minutes of killing and waiting, sensitive to a busy machine: FULL_SUITE=1 npx vitest run
const slow = ['test/e2e/kill.test.ts', 'test/e2e/outage.test.ts'];
// eslint-disable-next-line no-restricted-properties -- the runner's own switch
const isFull = process.env['FULL_SUITE'] === '1';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: isFull ? [] : slow,
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', new CountReporter()],
  },
});
