import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { delayCurve, delayOf, shareAfter } from '../../checks/delay-curve.js';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import { cellOfDelay, delayAt, NO_DELAY } from '../../domain/delay.js';
import type { Delays } from '../../domain/delay.js';
import type { Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { DAY, END, evidenceOf, windowEnding } from './evidence.js';

const HOUR = DAY / 24;

/** Rows by how long their label took, in ms (`negative`: of these, before the prediction). */
interface Rows {
  labels: readonly number[];
  /** How long rows without a label have waited. */
  waiting?: readonly number[];
  timeless?: number;
  negative?: number;
}

function delays({ labels, waiting = [], timeless = 0, negative = 0 }: Rows): Delays {
  const cells = new Map<number, { n: number; labels: number }>();
  const add = (cell: number, isLabel: number) => {
    const { n, labels } = cells.get(cell) ?? { n: 0, labels: 0 };
    cells.set(cell, { n: n + 1, labels: labels + isLabel });
  };
  for (const ms of labels) add(cellOfDelay(ms).cell, 1);
  for (const ms of waiting) add(cellOfDelay(ms).cell, 0);
  for (let row = 0; row < timeless; row++) add(NO_DELAY, 1);
  const sums = [...cells.values()];
  return {
    by: { cell: Int32Array.from(cells.keys()) },
    sums: {
      n: Float64Array.from(sums, ({ n }) => n),
      labels: Float64Array.from(sums, ({ labels }) => labels),
      negative: Float64Array.from(sums, (_, row) => (row === 0 ? negative : 0)),
    },
  };
}

const times = (n: number, ms: number): number[] => Array<number>(n).fill(ms);
const joined = { by: {}, sums: { n: Float64Array.of(1), joined: Float64Array.of(1) } };

function profileOf(end: number, rows: Rows, late?: Rows): Profile {
  const asked = { labels: joined, delays: delays(rows) };
  return {
    ...evidenceOf({}, {}).current,
    window: windowEnding(end),
    asked: late === undefined ? asked : { ...asked, late_delays: delays(late) },
  };
}

/** Windows of a day before END, the newest one last. */
const daysBefore = (n: number, rows: (day: number) => Rows): Profile[] =>
  Array.from({ length: n }, (_, day) => profileOf(END - (n - day) * DAY, rows(day)));

const facts = { version: null, trainedUntil: null, matureAfter: 7 * DAY };
const evidenceWith = (before: readonly Profile[], current: Profile): Evidence => ({
  ...evidenceOf({}, {}, { facts }),
  ...{ knownAt: END + 7 * DAY, current, delays: before },
});

/** The finding, judged as in a report. */
function found(evidence: Evidence) {
  const { dropShare: warn } = { dropShare: 0.5 };
  const { defaults } = checkNamed('label_delay');
  const spec = { check: 'label_delay', name: null, against: null, targets: null, ...defaults };
  expect(defaults.warn).toEqual({ dropShare: warn });
  const [finding] = evaluateChecks({
    monitor: monitorOf({ checks: [{ ...spec, running: null, every: null, params: {} }] }),
    ...{ evidence, window: evidence.current.window, run: 'r', revision: 1, inputs: '', shown: [] },
  });
  return finding;
}

describe('cells of delays', () => {
  const delay = fc.double({ min: 0, max: 20 * 365 * DAY, noNaN: true });
  test('hold what they say, none wider than 9.1 % from a minute on', () => {
    expect([delayAt(0), delayAt(1), delayAt(9)]).toEqual([0, 60_000, 120_000]);
    fc.assert(
      fc.property(delay, (ms) => {
        const { cell, into } = cellOfDelay(ms);
        expect(delayAt(cell, into)).toBeCloseTo(ms, -Math.log10(Math.max(1, ms)) + 8);
        expect(delayAt(cell) * (1 - 1e-12)).toBeLessThanOrEqual(ms);
        expect(delayAt(cell + 1) * (1 + 1e-12)).toBeGreaterThan(ms);
        if (cell > 0) expect(delayAt(cell + 1) / delayAt(cell)).toBeLessThan(1.091);
      }),
    );
  });
  test('give quantiles within 9.1 % of those of the delays themselves', () => {
    const some = fc.array(fc.double({ min: 60_000, max: 400 * DAY, noNaN: true }), {
      minLength: 100,
      maxLength: 150,
    });
    fc.assert(
      fc.property(some, fc.constantFrom(0.5, 0.95), (labels, share) => {
        const sorted = [...labels].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length - 1e-9) - 1] ?? NaN;
        const told = delayOf(delayCurve([profileOf(END, { labels })]), share) ?? NaN;
        expect(Math.abs(Math.log(told / exact))).toBeLessThanOrEqual(Math.log(2) / 8 + 1e-9);
      }),
    );
  });
});

describe('label_delay', () => {
  // 100 labels a window: 90 after 2 h, 10 after 4 d, in whole cells from there on
  const [short, long] = [delayAt(cellOfDelay(2 * HOUR).cell), delayAt(cellOfDelay(4 * DAY).cell)];
  const usual: Rows = {
    labels: [...times(90, short), ...times(10, long)],
    waiting: times(25, 7.5 * DAY),
  };
  const slow: Rows = {
    labels: [...times(90, short), ...times(10, 2 * long)],
    waiting: times(25, 7.9 * DAY),
  };

  test('is L95 of the newest seven windows, as a ratio to that of the first ones', () => {
    const before = [...daysBefore(34, (day) => (day < 28 ? usual : slow))];
    const finding = found(evidenceWith(before, profileOf(END, slow)));
    // 5 of the last 10 labels: half of the way into their cell
    const half = cellOfDelay(2 * long).cell;
    expect(finding?.value).toBeCloseTo(delayAt(half, 0.5), 3);
    expect(finding?.details['reference']).toBeCloseTo(delayAt(half - 8, 0.5), 3);
    expect(finding).toMatchObject({ nCurrent: 700, nReference: 2800, verdict: 'warn' });
    expect(finding?.sentence).toBe('');
  });
});
