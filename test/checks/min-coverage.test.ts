import { expect, test } from 'vitest';
import { evidenceFor, found, outcomesOf, wilson99 } from './decided.js';
import type { Cell } from './decided.js';

/** Without a reference, which a limit of `drop` asks for, the AUC of rows of which so many can have a label and so many of these have one. */
const auc = (labelled: number, n: number, minCoverage = 0.8, more: readonly Cell[] = []) => {
  const half = labelled / 2;
  const cells: Cell[] = [
    ['free', { no: half, yes: 0, none: n - labelled, score: 0.2 }],
    ['free', { yes: half, score: 0.6 }],
    ...more,
  ];
  const evidence = evidenceFor(cells);
  return found('roc_auc', { ...evidence, facts: { ...evidence.facts, minCoverage } });
};

test('surely fewer labels than min_coverage are at fault; as many by chance are not', () => {
  expect(auc(400, 1000)).toMatchObject({ reason: 'label_fault', verdict: 'unknown' });
  expect(auc(400, 1000).sentence).toBe(
    'roc_auc: the labels are at fault, for 40 % of 1000 rows that can have a label have one, and ' +
      'labels.min_coverage is 80 %.',
  );
  const ends = [760, 768].map((hits) => wilson99(hits, 1000)[1] < 0.8);
  expect(ends).toEqual([true, false]);
  expect([760, 768, 800].map((hits) => auc(hits, 1000).reason)).toEqual([
    ...['label_fault', 'no_reference', 'no_reference'],
  ]);
  expect(auc(0, 1000).reason).toBe('label_fault');
});

test('rows that an action censored are none that can have a label', () => {
  const censored: Cell = ['censored', { none: 900, score: 0.9 }];
  expect(auc(850, 1000, 0.8, [censored]).reason).toBe('no_reference');
  const altered: Cell = ['altered', { none: 900, score: 0.9 }];
  expect(auc(850, 1000, 0.8, [altered]).reason).toBe('label_fault');
});

test('where no label means negative, rows acted on are none either', () => {
  const evidence = evidenceFor([
    ['free', { no: 500, yes: 350, none: 150 }],
    ['altered', { none: 900 }],
  ]);
  const asked = { labels: { by: {}, sums: { absent: Float64Array.of(500) } } };
  const facts = { ...evidence.facts, minCoverage: 0.8 };
  const reasonOf = (current: typeof evidence.current) =>
    found('roc_auc', { ...evidence, current, facts }).reason;
  expect(reasonOf({ ...evidence.current, asked })).toBe('no_reference');
  expect(reasonOf(evidence.current)).toBe('label_fault');
});

test('a part of the rows may have fewer', () => {
  const current = { ...evidenceFor([['free', { none: 600, no: 200, yes: 200 }]]).current };
  const evidence = evidenceFor([], { current: { ...current, slice: { country: 'FR' } } });
  const facts = { ...evidence.facts, minCoverage: 0.8 };
  expect(found('roc_auc', { ...evidence, facts }).reason).toBe('no_reference');
});

test('a metric says how many positives the scores let expect, here and on the reference', () => {
  const known = outcomesOf([['free', { no: 900, yes: 100, score: 0.1 }]]);
  const evidence = evidenceFor([
    ['free', { no: 850, yes: 150, none: 77, score: 0.1 }],
    ['free', { no: 60, yes: 40, score: 0.3 }],
  ]);
  const reference = { ...evidence.current, outcomes: known };
  const { details } = found('roc_auc', { ...evidence, reference });
  const { n, observed, expected, before } = details['promised'] as Record<string, number>;
  expect({ n, observed }).toEqual({ n: 1100, observed: 190 });
  // 1,000 rows of 0.1 and 100 of 0.3
  expect(expected).toBeCloseTo(130, 6);
  expect(before).toBeCloseTo(1, 6);
});
