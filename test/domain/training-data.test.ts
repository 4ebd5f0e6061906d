import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AdviceInput } from '../../domain/advising/input.js';
import { advise } from '../../domain/advising/rules.js';
import { trainingData } from '../../domain/advising/training-data.js';
import type { Finding } from '../../domain/finding.js';
import type { AcceptedMark } from '../../domain/level.js';
import { rules } from './retrain-world.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
/** The start of day `n`, from 0 on. */
const day = (n: number) => START + n * DAY;
const windowOf = (n: number) => ({ start: day(n), end: day(n + 1), weekday: 1 });

const base = {
  ...{ slice: {}, pValue: null, nReference: 1000, reason: null, hard: null, details: {} },
  ...{ run: 'r', revision: 1, rule: '', patience: 1, running: null, source: null, inputs: 'i' },
  ...{ interval: 'confidence', nCurrent: 0, value: null, low: null, high: null },
};

/** The AUC of day `n`, on 1,000 rows of which 100 are positive. */
function auc(n: number, value = 0.7, change: Partial<Finding> = {}): Finding {
  const finding = {
    ...{ ...base, check: 'roc_auc', target: 'roc_auc', category: 'performance', verdict: 'alert' },
    ...{ value, low: value - 0.01, high: value + 0.01, nCurrent: 1000, window: windowOf(n) },
    ...{ details: { reference: 0.8, positives: 100 }, sentence: 'The AUC fell.', ...change },
  };
  return finding as unknown as Finding;
}

function broken(target: string, n: number, change: Partial<Finding> = {}): Finding {
  const finding = {
    ...{ ...base, check: 'schema', target, category: 'data-quality', verdict: 'alert' },
    ...{ hard: 'type changed', window: windowOf(n), sentence: `${target} broke.`, ...change },
  };
  return finding as unknown as Finding;
}

const fix = (target: string, n: number, change: Partial<AcceptedMark> = {}): AcceptedMark => ({
  ...{ finding: `m/${target}`, check: 'psi', target, slice: {}, effect: 'fix' },
  ...{ from: day(n), until: day(100), ...change },
});

const policy = { ...rules().policy, metric: 'roc_auc' };

/** Mature are days 0 to 9, and day 12 is looked at. */
function input(change: Partial<AdviceInput> = {}): AdviceInput {
  return {
    ...{ model: 'm', at: day(14), window: day(13), findings: [], retrain: null, importances: {} },
    ...{ policy, mature: Array.from({ length: 10 }, (_, at) => [auc(9 - at)]), ...change },
  };
}

/** The days of `input`, with more findings on some of them. */
const withMore = (...more: readonly Finding[]) =>
  input().mature.map((findings) => [
    ...findings,
    ...more.filter(({ window }) => window.end === findings[0]?.window.end),
  ]);

describe('what to train on', () => {
  test('rows up to the newest mature window, and how many are known', () => {
    const trainOn = {
      ...{ from: null, until: day(10), exclude: [], weights: null, rows: 10_000, positives: 1000 },
      sentence:
        'Train on: rows before 2026-01-11, where mature labels end; at least 10000 labelled rows ' +
        'are there, 1000 of them positive.',
    };
    expect(trainingData(input())).toEqual(trainOn);
    expect(advise(input())).toMatchObject({ action: 'retrain', trainOn });
  });

  test('of time zones that of the windows', () => {
    const words = trainingData(input({ timezone: 'Europe/Paris' }))?.sentence;
    expect(words).toContain('before 2026-01-11 01:00 Europe/Paris, where');
  });

  test('from the newest accepted fix on, and why; only windows since then count', () => {
    const accepted = [fix('age', 2), fix('income', 4), fix('debt', 4)];
    expect(trainingData(input({ accepted }))).toEqual({
      ...{ from: day(4), until: day(10), exclude: [], weights: null, rows: 6000, positives: 600 },
      sentence:
        'Train on: rows from 2026-01-05 to 2026-01-11, where mature labels end, for older ones ' +
        'have the fault that was fixed in debt, income; at least 6000 labelled rows are there, 600 of them ' +
        'positive.',
    });
  });

  test('a fix is one whatever holds now; a launch or a season is none, nor what matters little', () => {
    const past = [fix('income', 4, { until: day(6) })];
    expect(trainingData(input({ accepted: past }))?.from).toBe(day(4));
    for (const effect of ['launch', 'season'] as const) {
      const accepted = [fix('income', 4, { effect })];
      expect(trainingData(input({ accepted }))).toEqual(trainingData(input()));
    }
    const importances = { income: 0.01 };
    expect(trainingData(input({ accepted: past, importances }))?.from).toBeNull();
  });

  test('nothing yet where no window since the fix is mature', () => {
    const found = trainingData(input({ accepted: [fix('income', 12)] }));
    expect(found).toEqual({
      ...{ from: day(12), until: day(12), exclude: [], weights: null, rows: 0, positives: null },
      sentence:
        'Train on: rows from 2026-01-13 on, for older ones have the fault that was fixed in income; none ' +
        'of them has a mature label yet.',
    });
  });

  test('nothing is said where no window is mature and nothing was mended', () => {
    expect(trainingData(input({ mature: [] }))).toBeNull();
  });

  test('without windows in which a column was broken; days in a row are one time', () => {
    const mature = withMore(
      broken('age', 2),
      broken('age', 3),
      broken('income', 3),
      broken('age', 7),
    );
    const exclude = [
      { what: 'age broken', from: day(2), to: day(3) },
      { what: 'age broken, income broken', from: day(3), to: day(4) },
      { what: 'age broken', from: day(7), to: day(8) },
    ];
    const found = trainingData(input({ mature }));
    expect(found).toMatchObject({ exclude, rows: 7000, positives: 700 });
    expect(found?.sentence).toContain(
      '; without 2026-01-03 to 2026-01-04 (age broken), 2026-01-04 to 2026-01-05 (age broken, ' +
        'income broken), 2026-01-08 to 2026-01-09 (age broken); at least 7000',
    );
    const long = trainingData(input({ mature: withMore(broken('age', 2), broken('age', 3)) }));
    expect(long?.exclude).toEqual([{ what: 'age broken', from: day(2), to: day(4) }]);
    // of what was before the fix nothing has to be left out
    const since = trainingData(input({ mature, accepted: [fix('income', 4)] }));
    expect(since?.exclude).toEqual(exclude.slice(2));
  });

  test('without older windows that were broken, and windows whose labels are at fault', () => {
    const fault = auc(5, 0.7, { value: null, verdict: 'unknown', reason: 'label_fault' });
    const mature = input().mature.map((list) => (list[0]?.window.end === day(6) ? [fault] : list));
    expect(trainingData(input({ mature, broken: [broken('age', -20)] }))).toMatchObject({
      exclude: [
        { what: 'age broken', from: day(-20), to: day(-19) },
        { what: 'labels at fault', from: day(5), to: day(6) },
      ],
      ...{ rows: 9000, positives: 900 },
    });
  });

  test.each<[why: string, finding: Finding, change?: Partial<AdviceInput>]>([
    ['a warning', broken('age', 3, { verdict: 'warn' })],
    ['an alert by its limits alone', broken('age', 3, { hard: null })],
    ['drift', broken('age', 3, { category: 'drift' })],
    ['a feature of little importance', broken('age', 3), { importances: { age: 0.01 } }],
    ['rows that are missing', broken('rows', 3, { check: 'volume', hard: 'no rows' })],
    ['predictions that are missing', broken('predictions', 3, { check: 'volume' })],
    ['what was accepted', broken('age', 3), { accepted: [fix('age', 3, { effect: 'launch' })] }],
  ])('%s leaves no window out', (_, finding, change = {}) => {
    const found = trainingData(input({ mature: withMore(finding), ...change }));
    expect(found).toEqual(trainingData(input()));
  });

  test.each([
    ['exclude_acted', null, '; without rows acted on; at'],
    ['ipw', 'ipw', '; without rows acted on; rows held out weigh one over their chance to be; at'],
  ] as const)('as the loop is handled: %s', (handling, weights, words) => {
    const found = trainingData(input({ policy: { ...policy, loop: { handling } } }));
    expect(found).toMatchObject({ exclude: [{ rows: 'acted on' }], weights });
    expect(found?.sentence).toContain(words);
    expect(found?.sentence).toMatch(/, 1000 of them positive, with those acted on\.$/);
  });

  test('where no metric counts rows, none are claimed', () => {
    for (const change of [{ policy: null }, { policy: { ...policy, metric: 'f1' } }]) {
      const found = trainingData(input(change));
      expect(found).toMatchObject({ rows: null, positives: null });
      expect(found?.sentence).toBe('Train on: rows before 2026-01-11, where mature labels end.');
    }
  });
});

describe('an advice', () => {
  test('is held back where the range has too few positives, however many are before it', () => {
    // 100 positives a day: two days are enough, one is not
    const since = (n: number) => advise(input({ accepted: [fix('income', n)] }));
    expect(since(8)).toMatchObject({ action: 'retrain', trainOn: { positives: 200 } });
    expect(since(9)).toMatchObject({
      ...{ action: 'consider', trainOn: { positives: 100 } },
      blockers: ['100 positives to train on, at least 200 are needed'],
    });
    const mature = withMore(...Array.from({ length: 9 }, (_, n) => broken('age', n)));
    expect(advise(input({ mature }))).toMatchObject({ action: 'consider' });
  });

  test('that asks for nothing says where to begin while no retraining came after the fix', () => {
    const well = Array.from({ length: 10 }, (_, at) => [auc(9 - at, 0.8)]);
    const asked = (change: Partial<AdviceInput>) => advise(input({ mature: well, ...change }));
    expect(asked({})).not.toHaveProperty('trainOn');
    const accepted = [fix('income', 4)];
    expect(asked({ accepted })).toMatchObject({ action: 'none', trainOn: { from: day(4) } });
    const after = { running: false, lastSucceededAt: day(5) };
    expect(asked({ accepted, retrain: after })).not.toHaveProperty('trainOn');
    const findings = [broken('age', 12)];
    expect(asked({ accepted, findings })).toMatchObject({ action: 'fix_data', trainOn: {} });
    expect(asked({ findings })).not.toHaveProperty('trainOn');
  });
});

const features = ['age', 'income', 'debt'];
const anyBroken = fc
  .record({
    n: fc.integer({ min: -30, max: 9 }),
    target: fc.constantFrom(...features),
    reason: fc.constantFrom(null, 'label_fault' as const),
  })
  .map(({ n, target, reason }) => broken(target, n, { reason }));
const anyInput = fc
  .record({
    mature: fc.subarray(Array.from({ length: 10 }, (_, n) => n)),
    found: fc.array(anyBroken, { maxLength: 12 }),
    fixes: fc.array(
      fc.record({
        target: fc.constantFrom(...features),
        n: fc.integer({ min: -30, max: 12 }),
        effect: fc.constantFrom('fix' as const, 'launch' as const),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ mature, found, fixes }) => {
    const isOf = (n: number) => (one: Finding) => one.window.start === day(n);
    return input({
      mature: mature.map((n) => [auc(n), ...found.filter(isOf(n))]),
      broken: found.filter(({ window }) => window.start < day(0)),
      accepted: fixes.map(({ target, n, effect }) => fix(target, n, { effect })),
    });
  });

describe('laws', () => {
  test('it ends no sooner than it begins, and what is left out lies within, apart and in order', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const found = trainingData(given);
        if (found === null) return;
        const from = found.from ?? -Infinity;
        expect(found.until).toBeGreaterThanOrEqual(from);
        let last = from;
        for (const one of found.exclude) {
          if ('rows' in one) continue;
          expect(one.from).toBeGreaterThanOrEqual(last);
          expect(one.to).toBeGreaterThan(one.from);
          last = one.to;
        }
        expect(last).toBeLessThanOrEqual(found.until);
      }),
    );
  });

  test('the order in which findings, windows and levels come changes nothing', () => {
    const turned = <T>(list: readonly T[] = []): T[] => [...list].reverse();
    fc.assert(
      fc.property(anyInput, (given) => {
        const other = {
          ...given,
          mature: turned(given.mature).map(turned),
          broken: turned(given.broken),
          accepted: turned(given.accepted),
        };
        expect(trainingData(other)).toEqual(trainingData(given));
      }),
    );
  });

  test('what is left out and what is counted are all mature windows since the start', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const found = trainingData({ ...given, broken: [] });
        if (found === null) return;
        const out = found.exclude.reduce(
          (sum, one) => sum + ('rows' in one ? 0 : one.to - one.from),
          0,
        );
        const since = given.mature.filter(
          ([one]) => (one?.window.start ?? 0) >= (found.from ?? -Infinity),
        );
        expect((found.rows ?? 0) / 1000 + out / DAY).toBe(since.length);
      }),
    );
  });
});
