import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { continuedBy, happened, kaplanMeier, quantileOf } from '../../stats/survival.js';
import type { Group } from '../../stats/survival.js';

/** `[time, events, censored]` each. */
const groupsOf = (rows: readonly (readonly [number, number, number])[]): Group[] =>
  rows.map(([time, events, censored]) => ({ time, events, censored }));

const survivals = (groups: readonly Group[]) => kaplanMeier(groups).map(({ survival }) => survival);

/** Counts at times 0, 1, …, of which some may be 0. */
const groups = fc
  .array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 12 })
  .map((all) => groupsOf(all.map(([events, censored], time) => [time, events, censored])));

describe('the curve of Kaplan and Meier', () => {
  test('is the product of the shares that are left, what is censored last of its time', () => {
    // 10 at risk, 2 events, 1 censored; 7 at risk, 2 events; 5 at risk, 0 events, 5 censored
    const curve = kaplanMeier(
      groupsOf([
        [3, 0, 5],
        [1, 2, 1],
        [2, 2, 0],
      ]),
    );
    expect(curve.map(({ time }) => time)).toEqual([1, 2, 3]);
    const [one, two, three] = curve.map(({ survival }) => survival);
    expect(one).toBeCloseTo(8 / 10, 14);
    expect(two).toBeCloseTo((8 / 10) * (5 / 7), 14);
    expect(three).toBe(two);
    // the 7 are seven eighths of the 8 that would be there, had none been lost: 8.75 of 10
    expect(curve.map(({ followed }) => followed)[1]).toBeCloseTo(8.75, 12);
  });

  test('of a drawn case is that of lifelines', () => {
    // lifelines 0.30.3: KaplanMeierFitter().fit(t, e).survival_function_, event_table, of
    // rng = numpy.random.default_rng(7); d = rng.integers(1, 13, 60); c = rng.integers(4, 15, 60);
    // t = numpy.minimum(d, c); e = d <= c
    const drawn = groupsOf([
      ...([
        [1, 4, 0],
        [2, 5, 0],
        [3, 2, 0],
        [4, 5, 4],
        [5, 2, 5],
        [6, 7, 5],
      ] as const),
      ...([
        [7, 5, 0],
        [8, 3, 4],
        [9, 1, 2],
        [10, 2, 0],
        [11, 2, 0],
        [12, 2, 0],
      ] as const),
    ]);
    const wanted = [
      ...[0.933333333333334, 0.8500000000000002, 0.8166666666666668, 0.7333333333333334],
      ...[0.6966666666666668, 0.548888888888889, 0.41820105820105824, 0.33978835978835986],
      ...[0.3020340975896531, 0.20135606505976872, 0.10067803252988437, 0],
    ];
    survivals(drawn).forEach((survival, place) => {
      expect(survival).toBeCloseTo(wanted[place] ?? NaN, 14);
    });
    // .percentile(0.5): everything happens in the end
    expect(quantileOf(kaplanMeier(drawn), 0.5)?.time).toBe(7);
  });

  test('never rises, and stays within 0 and 1', () => {
    fc.assert(
      fc.property(groups, (all) => {
        let last = 1;
        for (const { before, survival } of kaplanMeier(all)) {
          expect(before).toBe(last);
          expect(survival).toBeLessThanOrEqual(before);
          expect(survival).toBeGreaterThanOrEqual(0);
          last = survival;
        }
      }),
    );
  });

  test('is never lower where more is censored at its end', () => {
    fc.assert(
      fc.property(groups, fc.nat(100), (all, more) => {
        const end = { time: all.length, events: 0, censored: more };
        const with_ = kaplanMeier([...all, end]);
        kaplanMeier(all).forEach(({ survival }, place) => {
          expect(with_[place]?.survival).toBeGreaterThanOrEqual(survival);
        });
      }),
    );
  });

  test('follows all units until the first is censored', () => {
    fc.assert(
      fc.property(groups, (all) => {
        const units = all.reduce((sum, { events, censored }) => sum + events + censored, 0);
        const first = all.findIndex(({ censored }) => censored > 0);
        for (const { time, followed } of kaplanMeier(all)) {
          if (first < 0 || time <= first) expect(followed).toBeCloseTo(units, 9);
          else expect(followed).toBeLessThanOrEqual(units + 1e-9);
        }
      }),
    );
  });
});

describe('quantiles of a curve', () => {
  test('are the empirical ones where nothing is censored', () => {
    const share = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(groups, share, (all, percent) => {
        const values = all.flatMap(({ time, events }) => Array<number>(events).fill(time));
        fc.pre(values.length > 0);
        const curve = kaplanMeier(all.map((one) => ({ ...one, censored: 0 })));
        // the smallest value with at least so many of all at or below it
        const place = Math.ceil((percent * values.length) / 100);
        expect(quantileOf(curve, percent / 100)?.time).toBe(values[place - 1]);
      }),
    );
  });

  test('count from what happens at all, of which the rest is no part', () => {
    // 100 units: 40, then 10 of them; 50 never while they are seen
    const curve = kaplanMeier(
      groupsOf([
        [1, 40, 0],
        [2, 10, 0],
        [9, 0, 50],
      ]),
    );
    expect(happened(curve)).toBeCloseTo(0.5, 14);
    // 80 % of the 50 is all of time 1; 90 % is half of time 2
    expect(quantileOf(curve, 0.8)).toEqual({ time: 1, into: 1 });
    expect(quantileOf(curve, 0.9)?.time).toBe(2);
    expect(quantileOf(curve, 0.9)?.into).toBeCloseTo(0.5, 12);
    expect(quantileOf(kaplanMeier(groupsOf([[1, 0, 9]])), 0.5)).toBeNull();
    expect(quantileOf([], 0.5)).toBeNull();
  });
});

describe('a curve that goes on', () => {
  test('takes from others what became of those that were still waited for', () => {
    // 20 of 100 are left after time 2; of others 30 waited beyond it, and 15 of these are left
    const curve = kaplanMeier(
      groupsOf([
        [1, 60, 0],
        [2, 20, 20],
      ]),
    );
    const on = continuedBy(
      curve,
      groupsOf([
        [1, 50, 0],
        [2, 20, 0],
        [5, 15, 15],
      ]),
    );
    expect(on).toHaveLength(3);
    expect(on.at(-1)?.survival).toBeCloseTo(0.2 * (15 / 30), 14);
    // 30 are a fifth of 150
    expect(on.at(-1)?.followed).toBeCloseTo(150, 10);
  });

  test('is the whole curve where the others are the same units', () => {
    fc.assert(
      fc.property(groups, fc.nat(11), (all, end) => {
        const whole = kaplanMeier(all);
        const until = whole.filter(({ time }) => time < end);
        const on = continuedBy(until, all);
        expect(on.map(({ time }) => time)).toEqual(whole.map(({ time }) => time));
        on.forEach(({ survival }, place) => {
          expect(survival).toBeCloseTo(whole[place]?.survival ?? NaN, 10);
        });
      }),
    );
  });
});
