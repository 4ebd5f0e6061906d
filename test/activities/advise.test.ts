import { expect, test } from 'vitest';
import { adviceInputOn } from '../../activities/advise.js';
import type { Measuring } from '../../activities/deps.js';
import type { Evaluated } from '../../activities/evaluate.js';
import { advise } from '../../domain/advising/rules.js';
import type { Finding } from '../../domain/finding.js';
import type { LabelSource } from '../../domain/monitor.js';
import { initialRetrainState } from '../../domain/requests/state.js';
import type { RetrainingCost } from '../../domain/retraining.js';
import { DAY, START } from '../experiments/year.js';
import { rules } from '../domain/retrain-world.js';
import { monitorOf } from '../support/monitor-fixture.js';

const windowOf = (n: number) => ({
  start: START + n * DAY,
  end: START + (n + 1) * DAY,
  weekday: 1,
});

/** Of 100 positives in 200 rows `n` are missed in window `n`; the reference misses none. */
function missing(n: number, slice: Finding['slice'] = {}): Finding {
  const details = {
    ...{ truePositives: 100 - n, falseNegatives: n, falsePositives: 0, trueNegatives: 100 },
    ...{ positives: 100, coverage: 1, reference: 1, referenceStandardError: 0 },
  };
  const finding: Partial<Finding> = {
    ...{ check: 'recall', target: 'recall', slice, value: 1 - n / 100, nCurrent: 200 },
    ...{ category: 'performance', verdict: 'ok', window: windowOf(n), details },
  };
  return finding as Finding;
}

const inFrance = { country: 'FR' };

/** What a file holds. */
const counted = (file: string): object[] => [missing(Number(file)), missing(99, inFrance)];

/** The advice on window 14, with the fourteen before it in the lake. */
async function advised(
  rule: RetrainingCost['rule'],
  lastSucceededAt: number | null,
  { marks, found = counted }: { marks?: (at: number) => object[]; found?: typeof counted } = {},
) {
  const asked: string[][] = [];
  const lake = {
    newest: (_: string, n: number, { to }: { to: number }) =>
      Promise.resolve(
        Array.from({ length: 15 }, (__, at) => ({
          window: windowOf(at),
          file: `${at}`,
          mature: true,
          marks: marks?.(at) ?? [],
        }))
          .filter(({ window }) => window.end <= to)
          .slice(-n),
      ),
    readEntityHead: () => Promise.resolve({ ...initialRetrainState('m'), lastSucceededAt }),
    acceptedOf: () => Promise.resolve([]),
    readEvaluation: (file: string) => Promise.resolve({ findings: [missing(Number(file))] }),
    findingsBy: (files: string[], checks: string[]) => {
      asked.push(files, checks);
      return Promise.resolve(new Map(files.map((file) => [file, found(file)])));
    },
  };
  const deps = { lake, clock: () => START + 15 * DAY } as unknown as Measuring;
  const cost = { perRetraining: 1, perFalseNegative: 1, perFalsePositive: 0, recovers: 1, rule };
  const retraining = { ...rules().policy, metric: 'recall', cost };
  const evaluation = { window: windowOf(14), findings: [missing(14)] };
  const evaluated = { evaluation, mature: true } as unknown as Evaluated;
  const monitor = monitorOf({ retraining, labels: { matureAfter: 0 } as LabelSource });
  const input = await adviceInputOn(deps, { monitor, evaluated, at: START + 15 * DAY });
  return { advice: advise(input), asked };
}

test('costs that add up are looked for in the windows before the ten newest, too', async () => {
  const { advice, asked } = await advised('cumulative', null);
  expect(asked).toEqual([
    ['3', '2', '1', '0'],
    ['recall', 'specificity'],
  ]);
  // 1 + 2 + … + 14 were missed
  expect(advice.cost).toMatchObject({ waiting: (14 * 15) / 2, windows: 15 });
});

test('and only since the last retraining; else in the newest ones', async () => {
  const since = await advised('cumulative', windowOf(2).start);
  expect(since.asked[0]).toEqual(['3', '2']);
  expect(since.advice.cost).toMatchObject({ waiting: (14 * 15) / 2 - 1, windows: 13 });
  const { advice, asked } = await advised('expected', null);
  expect(asked).toEqual([]);
  expect(advice.cost).toMatchObject({ windows: 11, growth: expect.closeTo(1 / 200, 10) as number });
});

test('of windows before the ten newest those that alerted are read, for broken columns alone', async () => {
  const broken = (hard: string | null) => ({
    ...{ ...missing(1), check: 'schema', target: 'age', category: 'data-quality', hard },
    ...{ verdict: 'alert', details: {}, sentence: 'age broke.' },
  });
  const bad = { check: 'schema', category: 'data-quality', verdict: 'alert' };
  const { advice, asked } = await advised('expected', null, {
    marks: (at) => (at === 1 ? [bad] : at === 2 ? [{ ...bad, category: 'drift' }] : []),
    found: () => [broken('type changed'), broken(null)],
  });
  expect(asked).toEqual([['1'], ['schema']]);
  expect(advice.trainOn?.exclude).toEqual([
    { what: 'age broken', from: windowOf(1).start, to: windowOf(1).end },
  ]);
});
