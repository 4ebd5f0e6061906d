import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { against } from '../../checks/against.js';
import { checkNamed } from '../../checks/index.js';
import { shownOnly } from '../../checks/questions.js';
import { coarsen } from '../../domain/judging/coarsen.js';
import { placeAmong, usualOf } from '../../domain/judging/usual.js';
import type { ReferenceSource } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { partTest, leaveOneOut, addUp } from '../../stats/parts.js';
import {
  axisOf,
  binned,
  chance,
  DAY,
  END,
  evidenceOf,
  normals,
  outcomesOf,
  texts,
  windowEnding,
} from './evidence.js';

const training = normals(20_000, 1);
const axis = axisOf(training);

/** Days before END, oldest first, each with rows around a mean of its own. */
function days(count: number, meanOf: (day: number, weekday: number) => number) {
  return Array.from({ length: count }, (_, k) => {
    const window = windowEnding(END - (count - k) * DAY);
    const values = normals(1000, 100 + k, { mean: meanOf(k, window.weekday) });
    const bare = evidenceOf({ x: training }, { x: values }, { profile: { window } }).current;
    const x = bare.columns['x'];
    return { ...bare, columns: x === undefined ? {} : { x: coarsen(axis, x) } };
  });
}

/** Days that differ by a fifth of a standard deviation without any reason. */
const wander = (day: number): number => 0.2 * Math.sin(day * 2.399);

function evidence(mean: number, periods: Evidence['periods'], seed = 7): Evidence {
  const current = { x: normals(1000, seed, { mean }) };
  return evidenceOf({ x: training }, current, { periods, usual: 'live' });
}

const psi = checkNamed('psi');
const measure = (given: Evidence) => psi.measure(given, 'x', psi.defaults);

describe('what is usual', () => {
  const usual = days(28, wander);
  test('a day like the others is no news, though it differs from the training file', () => {
    const [alone, among] = [measure(evidence(0.25, [])), measure(evidence(0.25, usual))];
    expect(alone.details['mode']).toBe('N');
    expect(alone.pValue).toBeLessThan(1e-3);
    expect(among.details['mode']).toBe('W');
    expect(among.pValue).toBeGreaterThan(0.05);
  });
  test('a day unlike the others is, with its bins and why this test', () => {
    const found = measure(evidence(1, usual));
    expect(found.pValue).toBeLessThan(1e-6);
    expect(found.value).toBeGreaterThan(0.5);
    expect(found.nReference).toBe(28_000);
    expect(psi.say(found, 'x')).toMatch(
      /^x moved \(PSI .*\): .* → .*; mean -?0\.0\d+ → .*; against 28 usual days \(short history\)\.$/,
    );
  });
  test('the p-value is the larger of that among the days and that of chi-square', () => {
    const found = measure(evidence(0.5, usual));
    const { pParts, pChi2 } = found.details as { pParts: number; pChi2: number };
    expect(found.pValue).toBe(Math.max(pParts, pChi2));
    // the same from the rows themselves
    const bins = usualOf(
      axis,
      usual.flatMap(({ columns, window }) =>
        columns['x'] === undefined ? [] : [{ counts: columns['x'], weekday: window.weekday }],
      ),
    );
    const current = binned(axis, normals(1000, 7, { mean: 0.5 }));
    if (bins === null) throw new Error('28 days are enough');
    const rows = bins.parts.map((part) => [...part.rows]);
    const filled = bins.layout.bins.map(
      (_, slot) => rows.some((part) => part[slot]) || bins.layout.rows(current)[slot] !== 0,
    );
    const only = (part: readonly number[]) => part.filter((_, slot) => filled[slot]);
    const parts = rows.map(only);
    const wanted = partTest({
      current: only([...bins.layout.rows(current)]),
      reference: addUp(parts),
      spread: leaveOneOut(parts),
    });
    expect(found.pValue).toBeCloseTo(wanted.pValue, 12);
  });
  test('thirteen days are too few: the reference is asked', () => {
    const found = measure(evidence(1, usual.slice(0, 13)));
    expect(found.details['mode']).toBe('N');
    expect(measure(evidence(1, usual.slice(0, 14))).details['mode']).toBe('W');
    expect(psi.say(found, 'x')).toContain('against the reference.');
  });
  test('earlier windows that are too few are counted in the reason', () => {
    const given = { ...evidence(1, []), earlier: usual.slice(0, 3) };
    expect(psi.say(measure(given), 'x')).toContain(
      'against the reference, for 3 earlier days do not tell yet what is usual.',
    );
  });
  test('another reference is named by what it is, however many windows came before', () => {
    const day = (before: number) => evidence(0, []).current.window.start - before * DAY;
    const bare = { ...evidence(1, []), earlier: usual };
    const said = (source: ReferenceSource, reference: Partial<Profile>) => {
      const other = { ...bare.current, ...reference };
      const seen = against(
        { ...bare, references: { other } },
        { spec: { ...shownOnly('psi'), against: 'other' }, target: 'x', reference: of(source) },
      );
      return /; (against [^;]*)\.$/.exec(psi.say(measure(seen), 'x'))?.[1];
    };
    const of = (source: ReferenceSource) => ({
      ...{ drift: null, others: { other: source }, performance: null },
    });
    const ending = (before: number) => ({ window: windowEnding(day(before)) });
    // END is a Sunday's midnight: the window is a Saturday
    const previous = { kind: 'previous', weekday: false } as const;
    const rolling = { kind: 'rolling', windows: 28, weekday: false } as const;
    expect(said(previous, ending(0))).toBe('against the day before');
    expect(said(previous, ending(1))).toBe('against an earlier day');
    expect(said({ ...previous, weekday: true }, ending(6))).toBe('against the Saturday before');
    expect(said(rolling, { windows: 28 })).toBe('against the last 28 days');
    expect(said({ ...rolling, weekday: true }, { windows: 12 })).toBe(
      'against the last 12 Saturdays',
    );
    expect(said(rolling, {})).toBe('against the last day');
    const fixed = { start: 0, end: DAY };
    expect(said({ kind: 'window', ...fixed }, {})).toBe('against the rows of a fixed time');
    expect(said({ kind: 'version', version: 'v1', ...fixed }, {})).toBe('against version v1');
    expect(said({ kind: 'segment', segment: 'feed', value: 'eu' }, {})).toBe('against feed = eu');
  });
  test('without a reference the usual days are enough', () => {
    const found = measure({ ...evidence(1, usual), reference: null });
    expect(found.details['mode']).toBe('W');
    expect(found.reason).toBeNull();
  });
  test('days without the column are no usual days of it', () => {
    const without = usual.slice(0, 15).map((day) => ({ ...day, columns: {} }));
    const found = measure(evidence(1, [...without, ...usual.slice(15)]));
    expect(found.details['mode']).toBe('N');
  });
  test('a window three times as large is placed by PSI as well', () => {
    const large = evidenceOf(
      { x: training },
      { x: normals(5000, 9, { mean: 0.25 }) },
      { periods: usual, usual: 'live' },
    );
    const found = measure(large);
    expect(found.details['scale']).toBe('psi');
    expect(found.pValue).toBeGreaterThan(0.01);
  });
});

describe('weekdays', () => {
  const weekly = days(35, (_, weekday) => (weekday >= 6 ? 0.5 : 0));
  // END is a Sunday's midnight: the window is a Saturday
  test('where they differ a window meets its own weekday', () => {
    const saturday = measure(evidence(0.5, weekly));
    expect(saturday.details).toMatchObject({ mode: 'S', windows: 5, history: 5 });
    expect(saturday.pValue).toBeGreaterThan(0.05);
    expect(saturday.nReference).toBe(5000);
    expect(psi.say(saturday, 'x')).toContain('against 5 usual Saturdays.');
  });
  test('a Saturday like a Monday is news', () => {
    expect(measure(evidence(0, weekly)).pValue).toBeLessThan(1e-3);
  });
  test('five Saturdays vouch for no p-value below 1e-4, however many other days there are', () => {
    const found = measure(evidence(3, weekly));
    expect(found.pValue).toBeLessThan(1e-6);
    const said = psi.say(found, 'x');
    expect(said).toContain('p < 1e-4)');
    expect(said).toContain('against 5 usual Saturdays.');
  });
  test('where they do not, all days count', () => {
    const plain = measure(evidence(0, days(35, wander)));
    expect(plain.details).toMatchObject({ mode: 'W', windows: 35 });
  });
  test('three Saturdays are too few', () => {
    const short = measure(evidence(0.5, weekly.slice(-21)));
    expect(short.details['mode']).toBe('W');
  });
});

test('the order of the days and of their rows changes nothing', () => {
  const names = ['a', 'b', 'c', 'd'];
  const known = axisOf(texts(1000, { a: 4, b: 3, c: 2, d: 1 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const next = chance(seed);
      const draw = () =>
        Array.from({ length: 200 }, () => names[Math.floor(next() * next() * 4)] ?? 'a');
      const [current, ...periods] = Array.from({ length: 20 }, draw);
      const usual = (list: readonly (readonly string[])[]) =>
        usualOf(
          known,
          list.map((rows, k) => ({ counts: binned(known, rows), weekday: (k % 7) + 1 })),
        );
      const [one, other] = [
        usual(periods),
        usual(periods.map((rows) => [...rows].reverse()).reverse()),
      ];
      if (one === null || other === null || current === undefined) throw new Error('19 periods');
      const now = binned(known, current);
      const [a, b] = [placeAmong(one, now, 1), placeAmong(other, now, 1)];
      expect(a?.test.pChi2).toBe(b?.test.pChi2);
      if (a?.mode === 'W' && b?.mode === 'W') {
        expect(a.test.pValue).toBeCloseTo(b.test.pValue, 12);
      }
    }),
    { numRuns: 30 },
  );
});

test('the answers of the model are compared with those of usual days', () => {
  const scored = (seed: number, power: number) => {
    const next = chance(seed);
    return outcomesOf(Array.from({ length: 800 }, () => ({ score: next() ** power, label: '' })));
  };
  const periods = days(20, wander).map((day, k) => ({
    ...day,
    outcomes: scored(50 + k, 1 + 0.2 * Math.sin(k)),
  }));
  const drift = checkNamed('prediction_drift');
  const at = (power: number) => {
    const profile = { outcomes: scored(999, power), rows: 800 };
    const given = evidenceOf({ x: [1] }, { x: [1] }, { profile, periods, usual: 'live' });
    return drift.measure(given, 'prediction', drift.defaults);
  };
  expect(at(1.1).details['mode']).toBe('W');
  expect(at(1.1).pValue).toBeGreaterThan(0.05);
  expect(at(3).pValue).toBeLessThan(1e-6);
  expect(drift.say(at(3), 'prediction')).toMatch(/^The prediction moved .*against 20 usual days/);
});
