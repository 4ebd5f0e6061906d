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
  const { defaults } = checkNamed('label_delay');
  const spec = { check: 'label_delay', name: null, against: null, targets: null, ...defaults };
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

  const half = cellOfDelay(long).cell;
  const over = (newest: Rows) =>
    found(
      evidenceWith(
        daysBefore(34, (day) => (day < 28 ? usual : newest)),
        profileOf(END, newest),
      ),
    );

  test('is L95 of the newest seven windows, as a ratio to that of the first ones', () => {
    const finding = over(slow);
    // 80 of 100 labels are no 95: those are 5 of the last 10, half of the way into their cell
    expect(finding?.value).toBeCloseTo(delayAt(half + 8, 0.5), 3);
    expect(finding?.details['reference']).toBeCloseTo(delayAt(half, 0.5), 3);
    expect(finding).toMatchObject({ nCurrent: 700, nReference: 2800, verdict: 'warn' });
    expect(finding?.sentence).toBe(
      '95 % of the labels of 7 windows are there after 7 d 16 h (half after 2 h 3 min), 2 times ' +
        'the 3 d 20 h of the first 28 windows; 80 % of the rows get one within 7 d 16 h; ' +
        'mature_after is 7 d: 10 % of them come later.',
    );
  });
  test('alerts from three times on, and is well where nothing changed', () => {
    // three octaves of eighths above: 13 cells are 3.08 times, 12 are 2.83
    const after = (cells: number): Rows => ({
      labels: [...times(90, short), ...times(10, delayAt(half + cells))],
      waiting: times(25, 40 * DAY),
    });
    const evidence = (cells: number) => {
      const before = daysBefore(34, (day) => after(day < 28 ? 0 : cells));
      return found(evidenceWith(before, profileOf(END, after(cells))));
    };
    expect([13, 12, 5, 4, 0].map((cells) => evidence(cells)?.verdict)).toEqual([
      ...['alert', 'warn', 'warn', 'ok', 'ok'],
    ]);
    expect(evidence(0)?.sentence).toContain(', 1 times the 3 d 20 h of the first 28 windows;');
  });
  test('compares within the time that both sides were waited for', () => {
    // the slow half of the labels is later than anything that the first windows waited for
    const open: Rows = {
      labels: [...times(90, short), ...times(10, long), ...times(100, 30 * DAY)],
      waiting: times(25, 60 * DAY),
    };
    const finding = over(open);
    expect(finding).toMatchObject({ verdict: 'ok' });
    expect(finding?.value).toBeCloseTo(delayAt(half, 0.5), 3);
    // a hundred of 225 rows
    expect(finding?.details['comes']).toBeCloseTo(100 / 225, 12);
  });
  test('does not speak of a difference that chance explains', () => {
    // of 100 labels 6 are late where 4 were: L95 is another cell, 93 h later
    const few = (late: number): Rows => ({
      labels: [...times(100 - late, short), ...times(late, long)],
    });
    const before = daysBefore(13, (day) => (day < 7 ? few(4) : { labels: [] }));
    const finding = found(evidenceWith(before, profileOf(END, few(6))));
    expect(finding?.value).toBeGreaterThan(20 * Number(finding?.details['reference']));
    expect(finding).toMatchObject({ verdict: 'ok', nCurrent: 100 });
    expect(finding?.rule).toContain('within chance');
    const sure = found(evidenceWith(before, profileOf(END, few(30))));
    expect(sure).toMatchObject({ verdict: 'alert' });
  });
  test('counts rows without a label as long as they have waited', () => {
    // 50 of 100 labels at 1 h; 50 rows stop waiting at 2 h; at 3 h 25 of the other 50 get theirs
    const rows: Rows = {
      labels: [...times(100, HOUR), ...times(50, 3 * HOUR)],
      waiting: [...times(100, 2 * HOUR), ...times(50, 9 * HOUR)],
    };
    const finding = found(evidenceWith([], profileOf(END, rows)));
    // S = 200/300 after 1 h; of the 100 that wait on half get theirs: S = 1/3
    expect(finding?.details['comes']).toBeCloseTo(2 / 3, 12);
    // 95 % of 2/3 are 0.6333: 0.3 of the 0.3333 in the cell of 3 h, 0.9 of it
    expect(finding?.value).toBeCloseTo(delayAt(cellOfDelay(3 * HOUR).cell, 0.9), 3);
  });
  test('goes on with older windows that were looked at once more', () => {
    const now: Rows = { labels: times(160, HOUR), waiting: times(80, 7 * DAY) };
    const late: Rows = {
      labels: [...times(160, HOUR), ...times(40, 12 * DAY)],
      waiting: times(40, 21 * DAY),
    };
    const finding = found(evidenceWith([], profileOf(END, now, late)));
    // a third waits after 7 d; of 80 such rows half get a label: 5/6 of all
    expect(finding?.details['comes']).toBeCloseTo(5 / 6, 12);
    // 95 % of it is 0.75 of the last sixth; four fifths of it come before mature_after
    expect(finding?.value).toBeCloseTo(delayAt(cellOfDelay(12 * DAY).cell, 0.75), 3);
    expect(finding?.details['later']).toBeCloseTo(0.2, 12);
    expect(finding?.sentence).toBe(
      'label_delay is 12 d 3 h; what is usual is not known yet (1 window with delays, 14 needed); ' +
        '83.3 % of the rows get one within 20 d 20 h; mature_after is 7 d: 20 % of them come later.',
    );
    expect(finding).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
  });
  test('says when labels are read at once, and when they are older than their predictions', () => {
    const rows: Rows = { labels: [...times(150, 0), ...times(50, HOUR)], negative: 20 };
    const evidence = evidenceWith([], profileOf(END, rows));
    const finding = found({ ...evidence, facts: { ...facts, matureAfter: 0 } });
    expect(finding?.sentence).toContain(
      'without mature_after they are read at once: 100 % of them come later; ' +
        '10 % of them are older than their predictions.',
    );
  });
  test('waits for mature labels, and says what it lacks', () => {
    const evidence = evidenceWith([], profileOf(END, usual));
    expect(found({ ...evidence, knownAt: END })?.sentence).toBe(
      'label_delay: its labels are not mature yet; they are complete from 2026-11-29 00:00 UTC.',
    );
    const asking = (asked: Profile['asked']) =>
      found({ ...evidence, current: { ...evidence.current, asked } });
    expect(asking({ labels: joined })).toMatchObject({
      ...{ verdict: 'unknown', reason: 'not_applicable' },
      sentence:
        'label_delay: it needs the time of predictions and that of labels; name the column of the ' +
        'second as labels[].timestamp.',
    });
    expect(asking({})?.sentence).toBe('label_delay: no labels were joined.');
    const only = (rows: Rows) => found(evidenceWith([], profileOf(END, rows)));
    expect(only({ labels: [], timeless: 500 })?.sentence).toBe('label_delay: no label has a time.');
    expect(only({ labels: [], waiting: times(500, DAY) })).toMatchObject({
      ...{ verdict: 'unknown', reason: 'insufficient_data' },
    });
    // 99 of 100 labels
    expect(only({ labels: times(99, DAY), waiting: [DAY] })).toMatchObject({
      ...{ verdict: 'unknown', reason: 'insufficient_data', nCurrent: 99 },
    });
  });
});

test('the share of labels after a delay is 95 % and half where the quantiles are', () => {
  const labels = fc.array(fc.double({ min: 60_000, max: 90 * DAY, noNaN: true }), {
    ...{ minLength: 100, maxLength: 120 },
  });
  fc.assert(
    fc.property(labels, fc.nat(50), fc.constantFrom(0.5, 0.95), (some, open, share) => {
      const waiting = times(open, 100 * DAY);
      const curve = delayCurve([profileOf(END, { labels: some, waiting })]);
      const at = delayOf(curve, share) ?? NaN;
      expect(shareAfter(curve, at)).toBeCloseTo(1 - share, 6);
    }),
  );
});
