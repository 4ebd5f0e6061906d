import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { ItemLoop } from '../../checks/item-loop.js';
import type { CheckSpec } from '../../domain/monitor.js';
import { CATEGORY } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { findingsOf } from '../experiments/simulate.js';
import { specOf } from './decided.js';
import { DAY, END, evidenceOf, monitorOf } from './evidence.js';
import { itemsOf, windowShowing } from './shown.js';
import type { Shown } from './shown.js';

const even: Shown = { a: [250], b: [250], c: [250], d: [250] };
/** Each step 3 % of the rows more for a, and fewer for b. */
const rising = (step: number, last = even): Shown => ({
  ...last,
  a: [250 + 30 * step],
  b: [250 - 30 * step],
});

function found(windows: readonly Shown[], { reference = even, more = {}, spec = {} }: Given = {}) {
  const profiles = windows.map((shown, day) => windowShowing(itemsOf(shown), day));
  const current = profiles.at(-1) ?? windowShowing(null);
  const monitor = monitorOf({ checks: [{ ...specOf('exposure_concentration'), ...spec }] });
  const [finding] = findingsOf(monitor, {
    ...evidenceOf({}, {}),
    ...{ current, answers: profiles.slice(0, -1), knownAt: END + 100 * DAY },
    reference: reference && windowShowing(itemsOf(reference)),
    ...more,
  });
  if (finding === undefined) throw new Error('expected a finding');
  return finding;
}

interface Given {
  reference?: Shown | null;
  more?: Partial<Evidence>;
  spec?: Partial<CheckSpec>;
}

const steps = (n: number): Shown[] => Array.from({ length: n }, (_, step) => rising(step));

describe('exposure_concentration', () => {
  test('is the effective number of items over that of the reference, where it falls', () => {
    const finding = found(steps(8));
    // 0.46, 0.04, 0.25, 0.25 of the rows, beside 4 items that are alike
    const shares = [0.46, 0.04, 0.25, 0.25];
    const entropy = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
    const value = Math.exp(entropy) / 4;
    expect(finding.value).toBeCloseTo(value, 12);
    expect(finding).toMatchObject({ verdict: 'warn', category: 'feedback-loop', nCurrent: 1000 });
    // the delta method: Σ p ln² p - H², of 1,000 rows; alike, rows have no spread
    const squares = shares.reduce((sum, p) => sum + p * Math.log(p) ** 2, 0);
    const reach = Math.exp(1.96 * Math.sqrt((squares - entropy ** 2) / 1000));
    expect(finding.low).toBeCloseTo(value / reach, 12);
    expect(finding.high).toBeCloseTo(value * reach, 12);
    // S = 28 of 8 windows that all fall: z = 27 / √(8 · 7 · 21 / 18), two-sided
    expect(finding.pValue).toBeCloseTo(0.000_836, 5);
    // Σ of all pairs 2 (0.42 + 2 · 0.21 + 2 · 0.21), over 2 · 4
    expect(finding.details['current']).toMatchObject({ items: 4, often: 4, top: 0.46 });
    expect(finding.details).toMatchObject({
      current: { gini: expect.closeTo(0.315, 9) as number },
    });
    expect(finding.sentence).toBe(
      'Exposure is spread as if 3.251 items were shown alike, 4 on the reference: 0.8129 ' +
        "[0.7875, 0.8391] of it (1000 rows each, 4 and 4 items); Gini's index 0.315, 0 on the " +
        'reference. More than before: item a from 25 % to 46 %. It falls over 8 windows ' +
        '(p 0.00084). Whether this reinforces itself cannot be told: a window has fewer than 30 ' +
        'positive labels.',
    );
    expect(finding.test).toContain('Mann and Kendall');
  });

  test('is an alert below 0.7, and warns of Gini alone where that is higher by 0.03', () => {
    const steep = Array.from({ length: 6 }, (_, step): Shown => {
      return {
        a: [250 + 120 * step],
        b: [250 - 40 * step],
        c: [250 - 40 * step],
        d: [250 - 40 * step],
      };
    });
    expect(found(steep)).toMatchObject({ verdict: 'alert', rule: 'exposure_concentration <= 0.7' });
    // 0.295, 0.205, 0.25, 0.25: as 3.98 items
    const slow = Array.from({ length: 8 }, (_, step): Shown => {
      return { ...even, a: [260 + 5 * step], b: [240 - 5 * step] };
    });
    const gentle = found(slow);
    expect(gentle.value).toBeGreaterThan(0.99);
    expect(gentle).toMatchObject({
      verdict: 'warn',
      rule: "Gini's index higher by 0.03 or more",
      patience: 2,
    });
  });

  test('what does not fall window after window is within chance', () => {
    const step = [0, 0, 0, 0, 0, 0, 7, 7].map((one) => rising(one));
    // a fall in two steps: S = 12 of 8 windows
    expect(found(step)).toMatchObject({ verdict: 'ok' });
    expect(found(step).rule).toContain('but within chance');
    // and rising is nobody's trouble
    expect(found(steps(8).reverse())).toMatchObject({ verdict: 'ok' });
  });

  test('is unknown below 6 windows, but by a fixed rule against the reference alone', () => {
    const few = found(steps(5));
    expect(few).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(few.sentence).toContain(
      'a trend takes 6 windows with 100 rows or more that say what they show, known: 5',
    );
    // windows with few rows are none
    const thin = [...steps(4), { a: [50], b: [49] } as Shown, rising(5)];
    expect(found(thin)).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    const fixed = found([rising(7)], { spec: { rule: 'fixed' } });
    expect(fixed).toMatchObject({ verdict: 'warn', rule: 'exposure_concentration <= 0.9, fixed' });
    expect(fixed.sentence).toMatch(/A trend takes 6 windows, known: 1\.$/);
  });

  test('is unknown without a reference, without items, and before labels are there', () => {
    const without = found(steps(8), { reference: null });
    expect(without).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
    const current = windowShowing(null, 7);
    const silent = found(steps(8), { more: { current } });
    expect(silent).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(silent.sentence).toContain('no row says what it shows');
    const facts = { version: null, trainedUntil: null, matureAfter: 200 * DAY };
    expect(found(steps(8), { more: { facts } })).toMatchObject({ reason: 'immature' });
  });

  test('all sides count as many rows as the smallest has', () => {
    const thousandfold = (shown: Shown): Shown =>
      Object.fromEntries(Object.entries(shown).map(([item, [rows]]) => [item, [rows * 1000]]));
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, item): [string, [number]] => [`item ${String(item)}`, [5]]),
    );
    // 200 items alike in a million rows, and in 1,000 of them
    const finding = found([...Array<Shown>(6).fill(many)], { reference: thousandfold(many) });
    expect(finding.details['rows']).toBe(1000);
    // what is drawn of the million is not as even as 5 rows each: it is a little less than 200
    const { effective, gini } = finding.details['before'] as Record<string, number>;
    expect(effective).toBeLessThan(200);
    expect(effective).toBeGreaterThan(175);
    // the simulation of section 2 for 1,000 rows over 400 items is 0.35, of 5 rows an item ¼
    expect(gini).toBeCloseTo(0.25, 1);
  });

  test('items without a name count as any other, and only what is known is said to have moved', () => {
    const items = itemsOf({ a: [400, 40], b: [100] });
    const rest = {
      by: { item: [...(items.by['item'] as string[]), CATEGORY.other] },
      sums: {
        n: Float64Array.of(400, 100, 500),
        items: Float64Array.of(1, 1, 50),
        positives: Float64Array.of(40, 0, 0),
      },
    };
    const current = windowShowing(rest, 7);
    const reference = windowShowing(rest);
    const same = found(steps(8), { more: { current, reference } });
    expect(same.value).toBe(1);
    // p of 0.4, 0.1 and fifty times 0.01
    const entropy = -(0.4 * Math.log(0.4) + 0.1 * Math.log(0.1) + 0.5 * Math.log(0.01));
    expect(same.details).toMatchObject({
      before: { items: 52, effective: expect.closeTo(Math.exp(entropy), 9) as number },
    });
    expect(same.details['moved']).toEqual([]);
    // a was shown in 400 rows of 1,000 and had all positives; b is new, or was without a name
    const now = windowShowing(itemsOf({ a: [800, 80], new: [200] }), 7);
    const other = found(steps(8), { more: { current: now, reference } });
    expect(other.details['moved']).toEqual([{ item: 'a', before: 0.4, now: 0.8 }]);
    expect(other.details['lift']).toBeCloseTo(0.8, 12);
  });

  test('the order of items does not matter, nor their names', () => {
    const rows = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 9 });
    const named = (all: readonly number[], name: (place: number) => string): Shown =>
      Object.fromEntries(all.map((n, place) => [name(place), [n]]));
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        const spec = { rule: 'fixed', minRows: 0 } as const;
        const as = (current: readonly number[], name: string) =>
          found([named(current, (k) => `${name}${String(k)}`)], {
            reference: named(other, (k) => `${name}${String(k)}`),
            spec,
          });
        const [plain, turned] = [as(one, 'x'), as([...one].reverse(), 'y')];
        expect(turned.value).toBe(plain.value);
        expect(turned.details['current']).toEqual(plain.details['current']);
      }),
      { numRuns: 30 },
    );
  });
});

describe('whether it reinforces itself', () => {
  /** Six windows of items whose rows follow from their positives, or do not. */
  function windows(next: (item: number, window: number, positives: number) => number): Shown[] {
    let rows = [100, 200, 300, 400, 500];
    return Array.from({ length: 7 }, (_, window): Shown => {
      const positives = rows.map((n, item) => Math.round(n * (0.2 + 0.02 * item)));
      const shown = rows.map((n, item): [string, [number, number]] => {
        return [`item ${String(item)}`, [n, positives[item] ?? 0]];
      });
      rows = positives.map((one, item) => next(item, window, one));
      return Object.fromEntries(shown);
    });
  }
  const loopOf = ({ details }: { details: Record<string, unknown> }) => details['loop'] as ItemLoop;

  test('rows that follow from positives are suspected, and no more than that', () => {
    const own = [1, 0.9, 1.2, 0.8, 1.1];
    const fed = windows((item, _, positives) => Math.round(4 * (own[item] ?? 1) * positives));
    const finding = found(fed, { reference: fed[0] ?? even });
    const loop = loopOf(finding);
    expect(loop).toMatchObject({ items: 5, windows: 7, suspected: true });
    // positives are a share of the rows, and the next rows a multiple of the positives
    expect(loop.links.labels.value).toBeCloseTo(1, 1);
    expect(loop.links.decisions.value).toBeCloseTo(1, 1);
    expect(loop.gain).toBeCloseTo(loop.links.labels.value * loop.links.decisions.value, 12);
    expect(finding.sentence).toContain(
      `Suspected self-reinforcing allocation, gain ${loop.gain.toPrecision(4)}`,
    );
    expect(finding.sentence).not.toMatch(/caus|confirm/i);
    expect(checkNamed('exposure_concentration').kind).toBe('associational');
  });

  test('rows that go their own way are not, though positives follow from them', () => {
    const turns = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3];
    const free = windows((item, window) => 100 * (1 + (turns[(item * 7 + window * 3) % 25] ?? 0)));
    const finding = found(free, { reference: free[0] ?? even });
    expect(loopOf(finding).links.labels.value).toBeGreaterThan(0.9);
    expect(loopOf(finding)).toMatchObject({ suspected: false });
    expect(finding.sentence).toContain('No sign that it reinforces itself (gain ');
  });

  test('too few positives an item, or items that come and go, tell nothing', () => {
    const some = (day: number): Shown =>
      Object.fromEntries(
        Array.from({ length: 40 }, (_, item): [string, [number, number]] => {
          return [`item ${String(item)}`, [30 + day, 1]];
        }),
      );
    const thin = found(
      Array.from({ length: 6 }, (_, day) => some(day)),
      { reference: some(0) },
    );
    expect(thin.sentence).toContain('positive labels an item and window: 1 on average, 2 needed');
    const moving = (day: number): Shown =>
      Object.fromEntries([0, 1, 2].map((k) => [`item ${String(3 * day + k)}`, [200, 40]]));
    const fleeting = found(
      Array.from({ length: 6 }, (_, day) => moving(day)),
      { reference: moving(0) },
    );
    expect(fleeting.sentence).toContain('0 items are shown in all windows, 4 needed');
  });
});
