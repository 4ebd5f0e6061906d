import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proxyAgreement } from '../../checks/proxy-agreement.js';
import type { Counts } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { unknownInWords } from '../../domain/judging/unknown-words.js';
import { wilson } from '../../stats/intervals.js';
import { DAY, END } from './evidence.js';

/** Predicted class, label of the target and of the stand-in, '' for none; and so many rows. */
type Cell = readonly [predicted: string, target: string, label: string, n: number];

const countsOf = (cells: readonly Cell[], name = 'click'): Counts => ({
  by: {
    name: cells.map(() => name),
    predicted: cells.map(([predicted]) => predicted),
    target: cells.map(([, target]) => target),
    label: cells.map(([, , label]) => label),
  },
  sums: { n: Float64Array.from(cells, ([, , , n]) => n) },
});

const found = (cells: readonly Cell[] | null, { matureAfter = 0, name = 'click' } = {}) => {
  const asked = cells === null ? {} : { stand_ins: countsOf(cells, name) };
  const evidence = {
    knownAt: END,
    current: { asked, window: { start: END - DAY, end: END, weekday: 1 } },
    facts: { matureAfter },
  } as unknown as Evidence;
  return proxyAgreement.measure(evidence, 'click', proxyAgreement.defaults);
};

const CELLS: readonly Cell[] = [
  ['1', '1', '1', 30],
  ['0', '0', '1', 10],
  ['0', '0', '0', 140],
  ['1', '1', '0', 20],
  ['1', '', '1', 40],
  ['', '0', '', 60],
];

describe('proxy_agreement', () => {
  test('is the share of rows with both labels on which they are the same', () => {
    const reading = found(CELLS);
    // 30 + 140 of 200; the others lack one of the two
    expect(reading).toMatchObject({ value: 0.85, nCurrent: 200, interval: 'confidence' });
    expect(reading).toMatchObject(wilson({ hits: 170, n: 200 }));
    expect(proxyAgreement.say(reading, 'click')).toBe(
      'click agrees with the target on 85 % of 200 rows with both labels (79.4 % to 89.3 %): ' +
        '30 of 40 positives and 140 of 160 negatives of click are so by the target; ' +
        '240 of 300 rows have one, 33.3 % positive; accuracy by them is 87.5 %, provisional.',
    );
  });

  test('says before the target is mature what there is, as provisional', () => {
    const reading = found(CELLS, { matureAfter: DAY });
    expect(reading).toMatchObject({ value: null, reason: 'immature' });
    const words = unknownInWords(
      { ...reading, check: 'proxy_agreement', target: 'click', slice: {} },
      { limits: proxyAgreement.defaults, timezone: 'UTC' },
    );
    // of 240 rows 30 + 140 + 40 were predicted as they are labelled
    expect(words).toMatch(
      /So far 240 of 300 rows have one, 33\.3 % positive; accuracy by them is 87/,
    );
  });

  test.each([
    ['nothing was counted', null, 'no row was counted'],
    ['no row has both', [['1', '1', '', 50]] as const, 'none of 50 rows has one'],
    ['the target is not there', [['1', '', '1', 50]] as const, 'no row has both labels'],
  ])('is unknown where %s', (_, cells, words) => {
    const { value, reason, details } = found(cells);
    expect({ value, reason }).toEqual({ value: null, reason: 'insufficient_data' });
    expect(details['note']).toContain(words);
  });

  test('looks at its own labels alone', () => {
    expect(found(CELLS, { name: 'other' }).value).toBeNull();
  });

  test('is the same whichever of the two is called the target', () => {
    const label = fc.constantFrom('', '0', '1');
    const cell = fc.tuple(label, label, label, fc.integer({ min: 0, max: 99 }));
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 12 }), (cells) => {
        const turned = cells.map(([p, target, own, n]): Cell => [p, own, target, n]);
        const [one, other] = [found(cells), found(turned)];
        expect([one.value, one.low, one.nCurrent]).toEqual([
          other.value,
          other.low,
          other.nCurrent,
        ]);
      }),
    );
  });
});
