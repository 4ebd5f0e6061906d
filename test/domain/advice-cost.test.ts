import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AdviceInput } from '../../domain/advising/input.js';
import { advise } from '../../domain/advising/rules.js';
import { recoveredBy } from '../../domain/advising/priced.js';
import { costAhead } from '../../domain/advising/waiting.js';
import type { Finding } from '../../domain/finding.js';
import type { RetrainingCost } from '../../domain/retraining.js';
import { normalTail } from '../../stats/normal.js';
import { day, rules, start } from './retrain-world.js';

interface Counts {
  falseNegatives: number;
  falsePositives?: number;
}

/** A day of 1,000 labelled rows of 2,000; 400 are positive, of whom the reference misses a tenth. */
function told(daysAgo: number, counts: Counts, change: Partial<Finding> = {}): Finding[] {
  const { falseNegatives, falsePositives = 60 } = counts;
  const end = start - daysAgo * day;
  const details = {
    ...{ truePositives: 400 - falseNegatives, falseNegatives, positives: 400, coverage: 0.5 },
    ...{ falsePositives, trueNegatives: 600 - falsePositives, reference: 0.9 },
  };
  const of = (check: string, value: number, error: number): Finding => ({
    ...{ check, target: check, slice: {}, value, low: null, high: null, interval: null },
    ...{ pValue: null, nCurrent: 1000, nReference: 900, reason: null, hard: null, run: 'm@1/1' },
    ...{ window: { start: end - day, end, weekday: 1 }, revision: 1, category: 'performance' },
    ...{ verdict: 'ok', rule: '', patience: 2, running: null, sentence: '', source: null },
    ...{ limits: { warn: null, alert: null, minRows: 100, rule: 'calibrated' }, inputs: 'i' },
    details: { ...details, referenceStandardError: error },
    ...change,
  });
  return [
    of('recall', 1 - falseNegatives / 400, 0.01),
    of('specificity', 1 - falsePositives / 600, 0.02),
  ];
}

const costs: RetrainingCost = {
  ...{ perRetraining: 2800, perFalseNegative: 5, perFalsePositive: 0 },
  ...{ recovers: 0.7, rule: 'expected' },
};

function input(change: Partial<AdviceInput> = {}, cost: Partial<RetrainingCost> = {}): AdviceInput {
  const policy = { ...rules().policy, metric: 'recall', cost: { ...costs, ...cost } };
  return {
    ...{ model: 'm', at: start + day, window: start, findings: [], retrain: null },
    ...{ policy, importances: {}, range: { rows: 9000, positives: 4000 } },
    mature: [told(1, { falseNegatives: 80 }), told(2, { falseNegatives: 72 })],
    ...change,
  };
}

// 5 · (80 − 40) / 1000 and 5 · (72 − 40) / 1000 a row, on 2,000 rows a day, for 14 days
const excess = (0.2 + 0.16) / 2;
const reach = 2000 * 0.7 * 14;
// 152 + 1 of 800 + 2 are missed by count; two windows differ by less than that makes
const rate = 153 / 802;
const counted = (25 * 800 * rate * (1 - rate)) / 2000 ** 2;
const between = (2 * (1000 * 0.02) ** 2 * 2) / 2000 ** 2;
// a tenth of 800 positives, give or take 0.01
const reference = ((5 * 800 * 0.01) / 2000) ** 2;
const error = Math.sqrt(Math.max(counted, between) + reference);

describe('what waiting costs', () => {
  test.each([-2, -1, -0.3, 0, 0.5, 1, 1.5])(
    'a retraining at %d standard errors above it has the share of the normal distribution',
    (z) => {
      const perRetraining = reach * (excess + z * error);
      const { cost } = advise(input({}, { perRetraining }));
      expect(cost?.waiting).toBeCloseTo(reach * excess, 6);
      expect(cost?.excessStandardError).toBeCloseTo(error, 10);
      expect(cost).toMatchObject({ growth: 0, rowsPerDay: 2000, windows: 2, interval: null });
      // 500 points fill the distribution evenly
      expect(Math.abs((cost?.share ?? NaN) - normalTail(z))).toBeLessThan(0.01);
    },
  );

  test('surely more than a retraining: retrain, with the numbers in words and as numbers', () => {
    const found = advise(input());
    expect(found).toEqual({
      action: 'retrain',
      reasons: [
        {
          text:
            'Waiting 14 days is expected to cost 3528 that a retraining would save, and a ' +
            'retraining costs 2800: share of draws 0.86. By the 2 mature windows to 2026-11-01 ' +
            '09:00 UTC mistakes cost 0.18 a row more than on the reference (standard error ' +
            `${Number(error.toPrecision(4))}), on 2000 rows a day.`,
          findings: [{ check: 'recall', target: 'recall', segment: null }],
        },
      ],
      blockers: [],
      window: start,
      trainOn: expect.objectContaining({ from: null, until: start - day }) as object,
      cost: {
        ...{ rule: 'expected', waiting: expect.closeTo(3528, 6) as number, retraining: 2800 },
        ...{ share: expect.closeTo(normalTail((2800 / reach - excess) / error), 1) as number },
        ...{ horizon: 14 * day, recovers: 0.7, excess: expect.closeTo(0.18, 10) as number },
        ...{
          excessStandardError: expect.closeTo(error, 10) as number,
          growth: 0,
          growthStandardError: 0,
        },
        ...{ rowsPerDay: 2000, windows: 2, until: start - day, interval: null },
      },
    });
  });

  test('likely more: consider; less: none, and still told', () => {
    const likely = advise(input({}, { perRetraining: 3400 }));
    expect(likely).toMatchObject({ action: 'consider', blockers: [] });
    expect(likely.cost?.share).toBeCloseTo(normalTail((3400 / reach - excess) / error), 1);
    const less = advise(input({}, { perRetraining: 4500 }));
    expect(less).toMatchObject({ action: 'none', cost: { retraining: 4500 } });
    expect(less.reasons.at(-1)?.text).toMatch(
      /^Waiting 14 days .* costs 4500: share of draws 0\.0/,
    );
  });

  test('what holds a retraining back does so still', () => {
    const retrain = { running: false, lastSucceededAt: start - 9 * day };
    expect(advise(input({ retrain }))).toMatchObject({
      ...{ action: 'consider', blockers: ['cooldown until 2026-11-07 09:00 UTC'] },
    });
    const one = advise(input({ mature: [told(1, { falseNegatives: 120 })] }));
    expect(one.blockers).toEqual(['only one mature window shows it']);
  });

  test('no window of today’s model is known yet: nothing asks, whatever was lost before', () => {
    const retrain = { running: false, lastSucceededAt: start - day };
    const mature = [told(1, { falseNegatives: 400 }), told(2, { falseNegatives: 400 })];
    const found = advise(input({ retrain, mature }));
    expect(found.action).not.toBe('retrain');
    expect(found).not.toHaveProperty('cost');
  });

  test('both kinds of mistakes, each against the reference at today’s share of positives', () => {
    // (5 · (80 − 40) + 2 · (90 − 60)) / 1000
    const counts = { falseNegatives: 80, falsePositives: 90 };
    const mature = [told(1, counts), told(2, counts)];
    const { cost } = advise(input({ mature }, { perFalsePositive: 2 }));
    expect(cost?.excess).toBeCloseTo((5 * 40 + 2 * 30) / 1000, 10);
  });

  test('an excess that grows each day counts with half of the horizon, and has a pace', () => {
    // 4 more are missed each day: 0.02 a row; the last seven days are 0.2 down to 0.08
    const mature = Array.from({ length: 10 }, (_, ago) =>
      told(ago + 1, { falseNegatives: 80 - 4 * ago }),
    );
    const { cost } = advise(input({ mature }));
    expect(cost?.growth).toBeCloseTo(0.02, 10);
    expect(cost?.excess).toBeCloseTo(0.14, 10);
    expect(cost?.waiting).toBeCloseTo(1400 * (0.14 * 14 + (0.02 * 14 ** 2) / 2), 6);
    expect((cost?.interval ?? NaN) / day).toBeCloseTo(Math.sqrt((2 * 2800) / (1400 * 0.02)), 6);
    expect(advise(input({ mature })).reasons[0]?.text).toMatch(
      /, which grows by 0\.02 a day: at this pace a retraining pays every 14 days\.$/,
    );
    const short = advise(input({ mature: mature.slice(0, 6) }));
    expect(short.cost).toMatchObject({ growth: 0, interval: null });
  });

  test('cumulative: what a retraining would have saved since the last one is added up', () => {
    const older = [told(3, { falseNegatives: 60 }), told(4, { falseNegatives: 30 })];
    const given = { rule: 'cumulative', perRetraining: 700 } as const;
    // 5 · (40 + 32 + 20 − 10) more were missed among each 1,000 of 2,000 rows
    const saved = 0.7 * 2 * 5 * (40 + 32 + 20 - 10);
    const found = advise(input({ older }, { ...given, perRetraining: saved - 1 }));
    expect(found).toMatchObject({ action: 'retrain', cost: { share: null, horizon: null } });
    expect(found.cost?.waiting).toBeCloseTo(saved, 6);
    expect(found.reasons[0]?.text).toMatch(
      /^In the 4 mature windows to 2026-11-01 09:00 UTC a retraining would have saved 574, and costs 573\. Mistakes cost 0\.1025 a row more than on/,
    );
    expect(advise(input({ older }, { ...given, perRetraining: saved + 1 })).action).toBe('none');
    const retrain = { running: false, lastSucceededAt: start - 4 * day };
    const since = advise(input({ older, retrain }, given));
    expect(since.cost?.waiting).toBeCloseTo(0.7 * 2 * 5 * (40 + 32 + 20), 6);
  });
});

const skill = (findings: Finding[]) =>
  findings.map((one) => ({
    ...one,
    ...{ value: 0.6, low: 0.58, high: 0.62, interval: 'confidence' as const },
    details: { ...one.details, trivial: 0.5 },
  }));

test('mistakes that cost less than on the reference are told as such', () => {
  const mature = [told(1, { falseNegatives: 30 }), told(2, { falseNegatives: 20 })];
  const found = advise(input({ mature }));
  expect(found).toMatchObject({ action: 'none', cost: { share: 0 } });
  // 5 · (10 + 20) / 2000
  expect(found.reasons.at(-1)?.text).toMatch(
    /^Waiting 14 days is expected to cost nothing that .* mistakes cost 0\.075 a row less than on/,
  );
});

test.each<[string, (one: Finding) => Finding, RegExp]>([
  ['without counts', (one) => ({ ...one, details: lost }), /no mature window counts right and/],
  ['where rows were acted on', acted, /rows were acted on, whose labels may be/],
  ['of averages', (one) => one, /nothing is known of the mistakes on the reference/],
])('%s costs are not known, and skill decides', (_, change, why) => {
  const counts = { falseNegatives: 80 };
  const mature = [1, 2].map((ago) => skill(told(ago, counts)).map(change));
  const found = advise(input({ mature }));
  expect(found).toMatchObject({ action: 'retrain' });
  expect(found).not.toHaveProperty('cost');
  expect(found.reasons[0]?.text).toMatch(/^The model has lost 75\.0 % of its skill by recall/);
  expect(found.reasons[1]?.text).toMatch(
    new RegExp(`^What waiting costs is not known, so that the skill decides: ${why.source}`),
  );
});

const lost = { reference: 0.9, trivial: 0.5 };
function acted(one: Finding): Finding {
  return { ...one, details: { ...one.details, unacted: {} } };
}

const amount = (max: number) => fc.double({ min: 0, max, noNaN: true });
const lines = fc.record({
  now: fc.double({ min: -10, max: 10, noNaN: true }),
  nowError: amount(10),
  growth: amount(3),
  growthError: amount(3),
});
const terms = fc.record({
  perDay: amount(1e4),
  horizon: amount(60 * day),
  most: fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
});

test.each(['now', 'growth', 'perDay', 'horizon'] as const)(
  'a greater %s gives no smaller share, and a dearer retraining no greater one',
  (name) => {
    fc.assert(
      fc.property(lines, terms, amount(1e3), (line, term, more) => {
        const before = costAhead(line, term).share;
        const greater = { ...line, ...term };
        greater[name] += more;
        expect(costAhead(greater, greater).share).toBeGreaterThanOrEqual(before);
        const dearer = { ...term, most: term.most + more };
        expect(costAhead(line, dearer).share).toBeLessThanOrEqual(before);
      }),
    );
  },
);

test('the same evidence gives the same bytes, in whatever order it comes', () => {
  const missed = fc.integer({ min: 1, max: 399 });
  const alarmed = fc.integer({ min: 1, max: 599 });
  const days = fc.array(fc.tuple(missed, alarmed), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(days, fc.boolean(), (counts, isSum) => {
      const mature = counts.map(([falseNegatives, falsePositives], ago) =>
        told(ago + 1, { falseNegatives, falsePositives }),
      );
      const cost = { rule: isSum ? 'cumulative' : 'expected', perFalsePositive: 1 } as const;
      const found = JSON.stringify(advise(input({ mature }, cost)));
      const turned = mature.map((findings) => findings.toReversed()).toReversed();
      expect(JSON.stringify(advise(input({ mature: turned }, cost)))).toBe(found);
    }),
  );
});

test('what past retrainings brought back says what the next one may, beside 0.7 as one more', () => {
  expect(recoveredBy([])).toBe(0.7);
  expect(recoveredBy([0.3])).toBe(0.5);
  // worse than before counts as nothing, better than the reference as all
  expect(recoveredBy([-2, 1.4])).toBeCloseTo((0.7 + 0 + 1) / 3, 12);
  const facts = { running: false, lastSucceededAt: null, recovered: [0.3] };
  const measured = advise(input({ retrain: facts }, { recovers: null, perRetraining: 1000 }));
  const told = advise(input({ retrain: facts }, { recovers: 0.5, perRetraining: 1000 }));
  expect(measured.cost).toEqual(told.cost);
  expect(measured.cost?.recovers).toBe(0.5);
  expect(measured.cost?.waiting).toBeCloseTo(2000 * 0.5 * 14 * excess, 6);
  const said = ' A retraining is taken to bring back 50 % of that, by the last one.';
  const texts = [measured, told].map(({ reasons }) => reasons[0]?.text ?? '');
  expect(texts[0]).toBe(`${texts[1]}${said}`);
});
