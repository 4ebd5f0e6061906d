import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** The last line of a run: `N passed, N failed, N skipped`, with each skipped test by name. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      const tests: TestCase[] = [...module.children.allTests()];
      if (tests.length === 0 && module.state() === 'failed') counts.failed++;
      for (const test of tests) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state]++;
        else {
          counts.skipped++;
          skipped.push(`skipped: ${module.relativeModuleId} > ${test.fullName}`);
        }
      }
    }
    const { passed, failed } = counts;
    const lines = [...skipped, `${passed} passed, ${failed} failed, ${counts.skipped} skipped`];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}
