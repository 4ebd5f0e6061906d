import { defineConfig } from 'vitest/config';
import { asBuilt, builtProduct } from './test/support/as-built.js';
import { CountReporter } from './test/support/count-reporter.js';
import { StoriesFirst } from './test/support/stories-first.js';

const stories = ['test/{e2e,workflows,workers}/**/*.test.ts'];
const all = ['test/**/*.test.ts'];
/** While somebody edits, tests follow the sources themselves. */
const plugins = process.argv.includes('run') ? [await asBuilt()] : [];

export default defineConfig({
  test: {
    globalSetup: ['test/setup.ts'],
    // Of four one or two wait: for a limit that runs out, or a process that starts.
    maxWorkers: 4,
    reporters: ['default', new CountReporter()],
    sequence: { sequencer: StoriesFirst },
    projects: [
      { plugins, test: { name: 'stories', include: stories, ...limits(240) } },
      { plugins, test: { name: 'rules', include: all, exclude: stories, ...limits(60) } },
    ],
  },
});

/** Seconds that a test and its hooks may take where it says nothing: for hangs, not a measure. */
function limits(seconds: number) {
  const [testTimeout, hookTimeout] = [seconds * 1_000, seconds * 1_000];
  return {
    pool: 'forks' as const,
    // Loading what they have in common for each file anew took longer than the tests.
    isolate: false,
    server: { deps: { external: [builtProduct] } },
    execArgv: ['--enable-source-maps'],
    ...{ testTimeout, hookTimeout },
  };
}
