import { expect, test } from 'vitest';
import { answersBefore } from '../../activities/answers-before.js';
import type { Measuring } from '../../activities/deps.js';
import { shownOnly } from '../../checks/questions.js';
import type { CheckSpec } from '../../domain/monitor.js';
import type { Commit } from '../../domain/run.js';
import type { Duck } from '../../lake/duck.js';
import { monitorOf } from '../support/monitor-fixture.js';

const HOUR = 3_600_000;
const start = Date.UTC(2026, 2, 1);
const hour = (n: number) => ({ start: start + n * HOUR, end: start + (n + 1) * HOUR, weekday: 1 });

/** The evaluations that are read for hour 200, of the hours 0 to 199. */
async function readFor(checks: readonly CheckSpec[]): Promise<string[]> {
  const files: string[] = [];
  const readEvaluations = (keys: readonly string[]) => {
    files.push(...keys);
    return Promise.resolve([]);
  };
  const before = Array.from({ length: 200 }, (_, n) => {
    return { window: hour(n), file: `hour ${n}` } as Commit;
  });
  const deps = { lake: { readEvaluations } } as unknown as Measuring;
  const asked = { monitor: monitorOf({ checks }), window: hour(200), before };
  await answersBefore(deps, {} as Duck, asked);
  return files;
}

test('of hours, the last 28 are read and the one of a week before, which lies further back', async () => {
  const series = { ...shownOnly('system_metric'), params: { versus: 'week_before' } };
  const last = Array.from({ length: 28 }, (_, n) => `hour ${172 + n}`);
  // a week has 168 hours
  expect(await readFor([series])).toEqual(['hour 32', ...last]);
});

test('nothing is read where no check compares with it', async () => {
  expect(await readFor([shownOnly('volume')])).toEqual([]);
});
