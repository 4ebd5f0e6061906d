import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { Outcomes } from '../../domain/profile.js';
import { troubleWords } from '../../domain/naming.js';
import {
  evidenceFor,
  found,
  outcomesOf,
  profileOf,
  wilson99,
  withoutDecisions,
} from './decided.js';
import type { Cell } from './decided.js';
import { END } from './evidence.js';

const against = (reference: Outcomes, current: readonly Cell[]) =>
  found('positive_rate', evidenceFor(current, { reference: profileOf(reference, END) }));

// 2 % of 20,000: 200 of 1,000 where the model acts, 200 of 19,000 elsewhere
const before: readonly Cell[] = [
  ['free', { no: 18_800, yes: 200, score: 0.01 }],
  ['censored', { no: 800, yes: 200, score: 0.9 }],
];

interface Parts {
  mix: number;
  within: number;
}
const partsOf = ({ details }: { details: Record<string, unknown> }) =>
  [details['acted'], details['others']] as [Parts | null, Parts];

describe('positive_rate', () => {
  test('is the rate over that of the reference; lower rates of rows acted on are named', () => {
    const finding = against(outcomesOf(before), [
      ['free', { no: 18_800, yes: 200, score: 0.01 }],
      ['censored', { no: 980, yes: 20, score: 0.9 }],
    ]);
    // 220 of 20,000 beside 400 of 20,000
    expect(finding.value).toBeCloseTo(0.55, 12);
    expect(finding).toMatchObject({ verdict: 'warn', category: 'performance' });
    // Newcombe: 1 + (-0.009 ± √…) / 0.02
    const [now, known] = [wilson99(220, 20_000), wilson99(400, 20_000)];
    const reach = [
      Math.hypot(0.011 - now[0], known[1] - 0.02),
      Math.hypot(now[1] - 0.011, 0.02 - known[0]),
    ] as const;
    expect(finding.low).toBeCloseTo((0.011 - reach[0]) / 0.02, 9);
    expect(finding.high).toBeCloseTo((0.011 + reach[1]) / 0.02, 9);
    const [acted, others] = partsOf(finding);
    // a twentieth of the rows on both sides: 0.05 (0.02 - 0.2), and no other part
    expect(acted?.within).toBeCloseTo(-0.009, 12);
    expect([acted?.mix, others.mix, others.within]).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0, 12),
      expect.closeTo(0, 12),
    ]);
    expect(finding.sentence).toMatch(
      /^1\.1 % of 20000 labelled rows are positive, 2 % of 20000 on the reference: 0\.55 \[0\.3887, 0\.7082\] of it\. The change comes by lower rates at the same score -0\.9 pp among rows acted on and 0 pp among others; by other rows, or labels that are missing, 0 pp and 0 pp\. Whether the labels or the world changed cannot be told from this\.$/,
    );
  });

  test('beside a reference that says of no row what was decided all rows are one part', () => {
    const untold = before.map(([, rows]): Cell => ['', rows]);
    const finding = against(outcomesOf(untold), [
      ['free', { no: 18_800, yes: 200, score: 0.01 }],
      ['censored', { no: 980, yes: 20, score: 0.9 }],
    ]);
    const [acted, others] = partsOf(finding);
    expect(acted).toBeNull();
    // the same scores, of which a twentieth has lower rates
    expect(others.within).toBeCloseTo(-0.009, 12);
    expect(others.mix).toBeCloseTo(0, 12);
    expect(finding.sentence).toContain('is not known on both sides');
  });

  test('labels that rows acted on lack are other rows, an alert at half', () => {
    const finding = against(outcomesOf(before), [
      ['free', { no: 18_810, yes: 190, score: 0.01 }],
      ['censored', { none: 1000, score: 0.9 }],
    ]);
    expect(finding.value).toBeCloseTo(190 / 19_000 / 0.02, 12);
    expect(finding.verdict).toBe('alert');
    const [acted, others] = partsOf(finding);
    // a cell that is empty now counts with its rate of before: (0 - 0.05) · 0.2
    expect(acted?.mix).toBeCloseTo(-0.01, 12);
    expect(acted?.within).toBe(0);
    expect(others.within).toBeCloseTo((1.95 / 2) * (190 / 19_000 - 200 / 19_000), 12);
  });

  test('a rate that falls by chance, or by less than a fifth, is no finding', () => {
    const few: readonly Cell[] = [['free', { no: 695, yes: 5, score: 0.01 }]];
    expect(against(outcomesOf(before), few)).toMatchObject({
      verdict: 'ok',
      rule: expect.stringContaining('within chance') as string,
    });
    const some: readonly Cell[] = [['free', { no: 196_600, yes: 3400, score: 0.01 }]];
    expect(against(outcomesOf(before), some).verdict).toBe('ok');
  });

  test('without decisions on both sides, or a reference, it says what is not known', () => {
    const now: readonly Cell[] = [
      ['free', { no: 18_900, yes: 100, score: 0.01 }],
      ['censored', { no: 990, yes: 10, score: 0.9 }],
    ];
    const half = against(withoutDecisions(outcomesOf(before)), now);
    expect(half.details['acted']).toBeNull();
    expect(half.sentence).toContain('which of them were acted on is not known on both sides');
    const none = found('positive_rate', evidenceFor(now));
    expect(none).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
    const thin = against(outcomesOf([['free', { no: 9000, yes: 199 }]]), now);
    expect(thin).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(thin.sentence).toBe('positive_rate: 199 positives in the reference, 200 are needed.');
  });

  test('the parts add up to the change, and nothing says whose doing it is', () => {
    const { name, question, action, unit, kind, category } = checkNamed('positive_rate');
    expect(kind).toBe('associational');
    const rows = fc.record({
      no: fc.nat(3000),
      yes: fc.nat(900),
      score: fc.double({ min: 0, max: 0.99, noNaN: true }),
    });
    const cells = fc.array(
      fc.tuple(fc.constantFrom('free', 'censored', 'explored', 'beyond', 'missed'), rows),
      { minLength: 1, maxLength: 8 },
    ) as fc.Arbitrary<Cell[]>;
    fc.assert(
      fc.property(cells, cells, (known, now) => {
        const finding = against(outcomesOf([...known, ['free', { no: 100, yes: 200 }]]), now);
        const told = [finding.sentence, finding.rule, name, question, action, unit, category];
        const said = [...told, troubleWords(finding)].join(' ');
        expect(said).not.toMatch(/loop|caus/i);
        if (finding.value === null) return;
        const [acted, others] = partsOf(finding);
        const sum = (acted?.mix ?? 0) + (acted?.within ?? 0) + others.mix + others.within;
        const { current, before: rate } = finding.details;
        expect(sum).toBeCloseTo(Number(current) - Number(rate), 9);
        expect(finding.low).toBeLessThanOrEqual(finding.value + 1e-12);
        expect(finding.high).toBeGreaterThanOrEqual(finding.value - 1e-12);
      }),
      { numRuns: 150 },
    );
  });
});
