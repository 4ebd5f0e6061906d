import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { troubleWords } from '../../domain/naming.js';
import { BIN, size } from '../../domain/profile.js';
import type { Outcomes } from '../../domain/profile.js';
import { evidenceFor, found, outcomesOf, profileOf, withoutDecisions } from './decided.js';
import type { Cell } from './decided.js';
import { DAY, END } from './evidence.js';

const against = (reference: Outcomes, current: readonly Cell[]) =>
  found('calibration_break', evidenceFor(current, { reference: profileOf(reference, END) }));

const near = (value: number) => expect.closeTo(value, 12) as number;

// scores promise 150 of 1,000 where the model would act, 190 of 19,000 elsewhere
const rest: Cell = ['free', { no: 18_810, yes: 190, score: 0.01, predicted: '0' }];
const trusted = outcomesOf([rest, ['missed', { no: 850, yes: 150, score: 0.15 }]]);
const now: readonly Cell[] = [rest, ['censored', { no: 985, yes: 15, score: 0.15 }]];

describe('calibration_break', () => {
  test('a tenth of the promised positives among rows acted on is the hand-computed ratio', () => {
    const finding = against(trusted, now);
    // (15.5 / 150.5) / (190.5 / 190.5), and by trusted labels (150.5 / 150.5) / (190.5 / 190.5)
    expect(finding.value).toBeCloseTo(15.5 / 150.5, 12);
    const se = Math.sqrt(1 / 15.5 + 1 / 190.5 + 1 / 150.5 + 1 / 190.5);
    const reach = 2.5758293035489004 * se;
    expect(finding.low).toBeCloseTo((15.5 / 150.5) * Math.exp(-reach), 12);
    expect(finding.high).toBeCloseTo((15.5 / 150.5) * Math.exp(reach), 12);
    expect(finding).toMatchObject({ verdict: 'warn', category: 'feedback-loop' });
    expect([finding.nCurrent, finding.nReference]).toEqual([20_000, 20_000]);
    // 7,000 rows a week of which 5 % are 350; at a rate of 0.15 against 0.015 the test needs 49
    expect(finding.sentence).toBe(
      'Of 1000 labelled rows acted on 15 are positive, where their scores promise 150: observed / ' +
        'expected is 0.103 there and 1 where the model would not act, 1 and 1 by the labels that ' +
        'metrics are held against. That is 0.103 [0.04933, 0.215] of what it was. Suspected: it ' +
        'matches labels that acting suppresses, and adversarial change limited to high scores would ' +
        'look the same. To know, among the rows where the model would act hold out 5 % of them at random, and ' +
        'log it as columns.action.explored: a test needs 49 such rows, a week of it, at the price ' +
        'of 350 rows a week that are not acted on, about 53 of them positive by their scores.',
    );
  });

  test('scores that promise too much break nothing where they did so before', () => {
    // half of what scores promise where it acts, on both sides alike
    const over: readonly Cell[] = [rest, ['censored', { no: 925, yes: 75, score: 0.15 }]];
    const known = outcomesOf([rest, ['missed', { no: 925, yes: 75, score: 0.15 }]]);
    expect(against(known, over)).toMatchObject({ verdict: 'ok', value: near(1) });
    // the same rows beside labels that keep the promise
    expect(against(trusted, over)).toMatchObject({
      verdict: 'warn',
      value: near(75.5 / 150.5),
    });
  });

  test('fraud that falls alike at all scores is none', () => {
    const half: readonly Cell[] = [
      ['free', { no: 18_905, yes: 95, score: 0.01 }],
      ['censored', { no: 925, yes: 75, score: 0.15 }],
    ];
    expect(against(trusted, half)).toMatchObject({
      verdict: 'ok',
      value: near(75.5 / 150.5 / (95.5 / 190.5)),
    });
  });

  test('neither a small break fires, however sure, nor a large one within chance', () => {
    const many = (yes: number): Cell[] => [
      ['free', { no: 990_000, yes: 10_000, score: 0.01 }],
      ['censored', { no: 100_000 - yes, yes, score: 0.15 }],
    ];
    const small = against(outcomesOf(many(15_000)), many(12_000));
    expect(small.value).toBeCloseTo(12_000.5 / 15_000.5, 12);
    expect(small.high).toBeLessThan(1);
    expect(small.verdict).toBe('ok');
    const few: readonly Cell[] = [rest, ['censored', { no: 37, yes: 3, score: 0.15 }]];
    expect(against(trusted, few)).toMatchObject({
      verdict: 'ok',
      // of 6 that are promised
      value: near(3.5 / 6.5),
      rule: expect.stringContaining('within chance') as string,
    });
  });

  test('where nobody decided, the threshold of the prediction cuts both sides', () => {
    const known = withoutDecisions(
      outcomesOf([rest, ['missed', { no: 850, yes: 150, score: 0.15, predicted: '1' }]]),
    );
    const others: readonly Cell[] = [
      // acted on below the threshold, not acted on above it: not the band of the labels
      ['altered', { no: 500, yes: 500, score: 0.01, predicted: '0' }],
      ['free', { no: 500, yes: 500, score: 0.2, predicted: '1' }],
    ];
    const finding = against(known, [...now, ...others]);
    expect(finding.value).toBeCloseTo(15.5 / 150.5, 12);
    expect(finding.details).toMatchObject({ touched: false });
  });

  test('rows held out and rows without a label or a score are in none of the cells', () => {
    const finding = against(trusted, [
      ...now,
      ['explored', { no: 0, yes: 60, score: 0.15 }],
      ['beyond', { no: 0, yes: 60, score: 0.01 }],
      ['censored', { none: 5000, score: 0.15 }],
    ]);
    expect(finding.value).toBeCloseTo(15.5 / 150.5, 12);
    expect(finding.sentence).toContain(
      'Believe suppression, which rests on the 60 rows held out at random.',
    );
    expect(finding.sentence).not.toContain('hold out 5 %');
  });

  test('held against windows in which the model acted, it says what it cannot see', () => {
    const first = { ...profileOf(outcomesOf(now), END - DAY) };
    const firsts = (current: readonly Cell[], performance = first) =>
      found('calibration_break', evidenceFor(current, { performance }));
    // suppressed from the first day on: nothing breaks
    const finding = firsts(now);
    expect(finding).toMatchObject({ verdict: 'ok', value: near(1) });
    const blind =
      'The model acted then, too: what was suppressed from the first day on cannot be seen.';
    expect(finding.sentence).toContain('held against in the first 1 d.');
    expect(finding.sentence).toContain(blind);
    // it did not act yet
    const shadow = profileOf(trusted, END - DAY);
    expect(firsts(now, shadow).verdict).toBe('warn');
    expect(firsts(now, shadow).sentence).not.toContain(blind);
    // nobody says whether it did
    const unsaid = profileOf(
      withoutDecisions(outcomesOf([rest, ['missed', { no: 850, yes: 150, score: 0.15 }]])),
      END - DAY,
    );
    expect(firsts(now, unsaid).sentence).toContain(blind);
  });

  test.each<[note: string, Outcomes | null, readonly Cell[]]>([
    ['the reference has no labels', outcomesOf([['free', { none: 1000 }]]), now],
    ['the model would act on no row of the window', trusted, [rest]],
    [
      '0 positives are expected among labelled rows acted on, 5 are needed',
      trusted,
      [rest, ['censored', { none: 1000, score: 0.15 }]],
    ],
    [
      '4.5 positives are expected among labelled rows acted on, 5 are needed',
      trusted,
      [rest, ['censored', { no: 15, yes: 15, score: 0.15 }]],
    ],
    [
      '4 positives are expected among labelled rows where the model would not act, 5 are needed',
      trusted,
      [['free', { no: 200, yes: 200, score: 0.01 }], ...now.slice(1)],
    ],
    [
      '3 positives are expected where the model would act among the labels that it is held against, 5 are needed',
      outcomesOf([rest, ['missed', { no: 10, yes: 10, score: 0.15 }]]),
      now,
    ],
    [
      '1 positives are expected where it would not act among the labels that it is held against, 5 are needed',
      outcomesOf([
        ['free', { no: 50, yes: 50, score: 0.01 }],
        ['missed', { no: 850, yes: 150, score: 0.15 }],
      ]),
      now,
    ],
  ])('is unknown: %s', (note, known, current) => {
    const reference = profileOf(known, END);
    const finding = found('calibration_break', evidenceFor(current, { reference }));
    expect(finding.verdict).toBe('unknown');
    expect(finding.sentence).toBe(`calibration_break: ${note}.`);
  });

  test('is unknown while the first windows are not there, and for classes without scores', () => {
    const early = found('calibration_break', evidenceFor(now, { performance: null }));
    expect(early).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
    const { by, sums } = outcomesOf(now);
    const bare = {
      by: { ...by, score: new Int32Array(size({ by, sums })).fill(BIN.missing) },
      sums,
    };
    const current = { ...profileOf(bare), outcomes: bare };
    const none = found(
      'calibration_break',
      evidenceFor(now, { current, reference: profileOf(trusted) }),
    );
    expect(none).toMatchObject({ verdict: 'unknown', reason: 'not_applicable' });
  });

  // a positive is left on each side: labels that are all alike are a fault, and judged by nothing
  const sides = fc.tuple(
    ...[0, 1].map((min) =>
      fc.record({
        yes: fc.integer({ min, max: 400 }),
        no: fc.integer({ min: 500, max: 3000 }),
      }),
    ),
  ) as fc.Arbitrary<[Came, Came]>;
  const cells = ([band, free]: [Came, Came]): Cell[] => [
    ['censored', { ...band, score: 0.3 }],
    ['free', { ...free, score: 0.05 }],
  ];

  test('both sides swapped is one over it; nothing confirms it, and lost positives only lower it', () => {
    const { name, question, action, unit, kind, category } = checkNamed('calibration_break');
    expect(kind).toBe('associational');
    fc.assert(
      fc.property(sides, sides, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, kept) => {
        const there = against(outcomesOf(cells(a)), cells(b));
        const back = against(outcomesOf(cells(b)), cells(a));
        expect(Number(there.value) * Number(back.value)).toBeCloseTo(1, 9);
        expect(Number(there.low) * Number(back.high)).toBeCloseTo(1, 9);
        const lost = Math.floor(b[0].yes * (1 - kept));
        const less = { yes: b[0].yes - lost, no: b[0].no + lost };
        const suppressed = against(outcomesOf(cells(a)), cells([less, b[1]]));
        expect(Number(suppressed.value)).toBeLessThanOrEqual(Number(there.value));
        const told = [
          there.sentence,
          there.rule,
          there.test,
          name,
          question,
          action,
          unit,
          category,
        ];
        expect([...told, troubleWords(there)].join(' ')).not.toMatch(/caus|confirm/i);
        expect(there.sentence.includes('Suspected')).toBe(Number(there.high) < 1);
      }),
      { numRuns: 100 },
    );
  });
});

/** Labelled rows of one cell. */
interface Came {
  yes: number;
  no: number;
}
