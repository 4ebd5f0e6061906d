import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { evaluateWindow } from '../../activities/evaluate-window.js';
import type { Due } from '../../domain/due.js';
import type { Commit } from '../../domain/run.js';
import { commitFor, DAY, evaluation, withLake } from '../support/lake.js';

const END = Date.UTC(2026, 2, 1);

test.each<[string, Partial<Commit>, string]>([
  ['a verdict is that verdict', { verdict: 'warn' }, 'warn'],
  ['one that could not be read stays open', { verdict: 'unknown', error: 'gone' }, 'not_evaluated'],
  [
    'one that was written off stays open, and is no verdict of its rows',
    { verdict: 'unknown', notEvaluated: 'it failed five times' },
    'not_evaluated',
  ],
  ['one whose rows were too few is unknown', { verdict: 'unknown' }, 'unknown'],
])('a repeat finds the commit of a window: %s', (_, part, outcome) =>
  withLake(async (lake) => {
    await lake.commit(commitFor(evaluation(END), 'file', { marks: [], ...part }));
    const due: Due = {
      ...{ kind: 'first', revision: 1, at: END, knownAt: END, monitor: 'none' },
      window: { start: END - DAY, end: END, weekday: 6 },
    };
    const deps = { lake } as unknown as Deps;
    const found = await evaluateWindow(deps, { model: 'churn', due, quiet: false });
    expect(found).toEqual({ outcome });
  }),
);
