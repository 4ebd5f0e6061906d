import { describe, expect, test } from 'vitest';
import { poolProfiles } from '../../domain/adding.js';
import { calibrationEvidence } from '../../domain/backtesting/calibrate.js';
import { alikeAsOne, firingAfter, memberEpisodes } from '../../domain/backtesting/episodes.js';
import { chooseFloor } from '../../domain/backtesting/floor.js';
import { partsOf, pastParts } from '../../domain/backtesting/parts.js';
import { ratePer90Days } from '../../domain/backtesting/rate.js';
import { withThreshold } from '../../domain/backtesting/thresholds.js';
import { tryRule } from '../../domain/backtesting/trial.js';
import type { Ground } from '../../domain/backtesting/trial.js';
import { pastEvidence } from '../../domain/backtesting/usual.js';
import { categories } from '../../domain/finding.js';
import type { Mark, Verdict } from '../../domain/finding.js';
import type { Profile } from '../../domain/profile.js';
import { evidenceOf, monitorOf, windowEnding } from '../checks/evidence.js';
import { alertRules, mark } from '../support/alerts.js';

const DAY = 86_400_000;
const letters: Record<string, [Verdict, 1 | 2]> = {
  o: ['ok', 2],
  w: ['warn', 2],
  W: ['warn', 1],
  a: ['alert', 1],
  u: ['unknown', 2],
};

/** Windows of one day, a letter each, for each target. */
function windows(rows: Record<string, string>, more: Partial<Mark> = {}) {
  const length = Object.values(rows)[0]?.length ?? 0;
  return Array.from({ length }, (_, index) => ({
    windowEnd: (index + 1) * DAY,
    revision: 1,
    marks: Object.entries(rows).map(([target, line]) => {
      const [verdict, patience] = letters[line[index] ?? 'o'] ?? ['ok', 2];
      return mark(target, verdict, { patience, ...more });
    }),
  }));
}

const ground: Ground = {
  rules: Object.fromEntries(categories.map((name) => [name, alertRules()])) as Ground['rules'],
  model: 'churn',
  windowSize: DAY,
};

describe('episodes', () => {
  test('a single warn fires nothing, two of three do, an urgent one fires alone', () => {
    const fired = (line: string) =>
      firingAfter(windows({ a: line }), 2).map((members) => members.size);
    expect(fired('owoo')).toEqual([0, 0, 0, 0]);
    expect(fired('owow')).toEqual([0, 0, 0, 1]);
    expect(fired('oWoo')).toEqual([0, 1, 0, 0]);
    expect(fired('oaoo')).toEqual([0, 1, 0, 0]);
  });

  test('two quiet windows do not part an episode, three do', () => {
    const spans = (line: string) =>
      memberEpisodes(windows({ a: line }), 2).map(({ from, to }) => [from / DAY, to / DAY]);
    expect(spans('aooaoooo')).toEqual([[1, 4]]);
    expect(spans('aoooaooo')).toEqual([
      [1, 1],
      [5, 5],
    ]);
  });

  test('every member has episodes of its own, and they are one alert', () => {
    const trial = tryRule(windows({ a: 'ooaaooooo', b: 'oooaaoooo', c: 'ooooooooo' }), ground);
    expect(trial).toMatchObject({ windows: 9, bad: 3, alerts: 1, episodes: 2 });
  });

  test('categories are alerts of their own', () => {
    const [drift, quality] = [
      windows({ a: 'oao' }),
      windows({ a: 'oao' }, { category: 'data-quality', check: 'missing' }),
    ];
    const both = drift.map((window, index) => ({
      ...window,
      marks: [...window.marks, ...(quality[index]?.marks ?? [])],
    }));
    expect(tryRule(both, ground)).toMatchObject({ alerts: 2, episodes: 2, bad: 1 });
  });

  test('the rate counts in 90 days, with the interval of a Poisson count', () => {
    const trial = tryRule(windows({ a: `aoooa${'o'.repeat(40)}` }), ground);
    expect(trial.per90Days.value).toBe(4);
    expect(trial.per90Days).toEqual(ratePer90Days(2, 45 * DAY));
    expect(ratePer90Days(0, 90 * DAY)).toMatchObject({ value: 0, low: 0 });
    expect(ratePer90Days(0, 90 * DAY).high).toBeCloseTo(3.689, 3);
  });
});

describe('floors', () => {
  test('the smallest floor without an episode is chosen, in whatever order they come', () => {
    const tried = [0.2, 0.02, 0.1, 0.05].map((floor) => ({ floor, episodes: floor < 0.1 ? 2 : 0 }));
    expect(chooseFloor(tried)).toEqual({ floor: 0.1, episodes: 0 });
  });

  test('where every floor has episodes it is the largest, with what is to be expected', () => {
    const tried = [0.02, 0.05, 0.1, 0.2].map((floor) => ({ floor, episodes: 3 }));
    expect(chooseFloor(tried)).toEqual({ floor: 0.2, episodes: 3 });
  });

  test('calibration looks at the second half with the first as what is usual', () => {
    const periods = days(9);
    const [first, ...rest] = calibrationEvidence(grid, periods);
    expect(rest).toHaveLength(4);
    expect(first?.current.window.end).toBe(5 * DAY);
    expect(first?.periods.map(({ window }) => window.end / DAY)).toEqual([1, 2, 3, 4]);
    expect(first?.reference?.rows).toBe(4 * 3);
    expect(rest.at(-1)?.earlier).toHaveLength(8);
    expect(calibrationEvidence(grid, periods.slice(0, 1))).toEqual([]);
  });

  test('pooled windows hold the rows of all of them', () => {
    const pooled = poolProfiles(days(3));
    const values = [...(pooled?.columns['plan']?.sums['n'] ?? [])];
    expect(values.reduce((a, b) => a + b, 0)).toBe(9);
    expect(pooled?.window).toMatchObject({ start: 0, end: 3 * DAY });
    expect(poolProfiles([])).toBeNull();
  });
});

const sample = evidenceOf({ plan: ['a', 'b', 'c'] }, { plan: ['a', 'a', 'b'] });
const { grid } = sample;

function days(count: number): Profile[] {
  return Array.from({ length: count }, (_, index) => ({
    ...sample.current,
    window: windowEnding((index + 1) * DAY),
  }));
}

describe('what past windows were judged against', () => {
  const standing = { ...sample, periods: [], accepted: [], known: monitorOf() };
  const past = days(40).map((profile) => ({ profile, at: 0, knownAt: 0 }));
  const none = { first: [], earlier: [] };

  test('nothing is usual in the first 28 windows, and then they are, for good', () => {
    const evidence = pastEvidence(standing, past, none);
    expect(evidence.map(({ periods }) => periods.length)).toEqual([
      ...new Array<number>(28).fill(0),
      ...new Array<number>(12).fill(28),
    ]);
    expect(evidence[39]?.periods.at(-1)?.window.end).toBe(28 * DAY);
    expect(evidence[39]?.usual).toBe('live');
    expect(evidence[27]?.usual).toBeNull();
  });

  test('live windows before the span count', () => {
    const first = past.slice(0, 28).map(({ profile }) => profile);
    const evidence = pastEvidence(standing, past.slice(30), { first, earlier: first });
    expect(evidence[0]?.periods).toHaveLength(28);
    expect(evidence[0]?.earlier).toHaveLength(28);
    expect(evidence[9]?.earlier).toHaveLength(37);
  });

  test('a reference with windows of its own is what is usual from the first one on', () => {
    const evidence = pastEvidence({ ...standing, periods: days(14) }, past, none);
    expect(evidence[0]).toMatchObject({ usual: 'reference' });
    expect(evidence[0]?.periods).toHaveLength(14);
    const few = pastEvidence({ ...standing, periods: days(13) }, past, none);
    expect(few[0]?.usual).toBeNull();
  });

  test('windows that an event excludes measure nothing, and are replaced by later ones', () => {
    const event = { name: 'Sale', start: 3 * DAY, end: 5 * DAY, effect: 'exclude', repeats: null };
    const known = monitorOf({ events: [{ ...event, effect: 'exclude' as const, repeats: null }] });
    const evidence = pastEvidence({ ...standing, known }, past, none);
    const ends = evidence[39]?.periods.map(({ window }) => window.end / DAY) ?? [];
    expect(ends).toHaveLength(28);
    expect(ends.filter((end) => end === 4 || end === 5)).toEqual([]);
    expect(evidence[29]?.usual).toBeNull();
    expect(evidence[30]?.periods).toBe(evidence[39]?.periods);
    expect(evidence[39]?.earlier).toHaveLength(37);
  });

  test('a part is judged by its own windows; one that the reference does not have, by none', () => {
    const part = (whole: Profile, plan: string): Profile => ({ ...whole, slice: { plan } });
    const { reference, current } = sample;
    if (reference === null) throw new TypeError('expected a reference');
    const cut = days(14);
    const parts = partsOf([
      [reference, part(reference, 'a')],
      ...cut.map((whole) => [whole, part(whole, 'a')]),
      ...past.map(({ profile }, day) => [
        profile,
        ...(day === 3 ? [] : [part(profile, 'a')]),
        part(profile, 'b'),
      ]),
      [current],
    ]);
    const whole = pastEvidence({ ...standing, periods: cut }, past.slice(0, 6), none);
    const found = pastParts(whole, parts);
    const slices = (day: number) => found[day]?.map(({ current: { slice } }) => slice['plan']);
    expect([slices(2), slices(3), slices(4)]).toEqual([['a'], [], ['a']]);
    const last = found[5]?.[0];
    expect(last).toMatchObject({ usual: 'reference', reference: { slice: { plan: 'a' } } });
    expect(last?.periods.map(({ slice }) => slice)).toEqual(cut.map(() => ({ plan: 'a' })));
    expect(last?.earlier.map(({ window }) => window.end / DAY)).toEqual([1, 2, 3, 5]);
    // what was computed of the usual windows is kept by their list
    expect(last?.periods).toBe(found[0]?.[0]?.periods);
  });

  test('no window sees a later one', () => {
    for (const { current, earlier } of pastEvidence(standing, past, none)) {
      expect(earlier.every(({ window }) => window.end < current.window.end)).toBe(true);
    }
  });
});

describe('thresholds', () => {
  const spec = (check: string, more: object) => ({
    ...{ check, name: null, against: null, targets: null, minRows: 100 },
    ...{ warn: null, alert: null, rule: 'calibrated' as const },
    ...{ running: null, every: null, params: {}, ...more },
  });
  const monitor = monitorOf({
    checks: [
      spec('psi', { warn: 0.05, alert: 0.25 }),
      spec('out_of_range', { warn: { above: 0.05 } }),
      spec('roc_auc', { warn: { drop: 0.02 }, alert: { drop: 0.05 } }),
    ],
  });

  test('a threshold takes the form of the limit, and alert is never before warn', () => {
    const limits = (check: string, value: number) => {
      const worse = check === 'roc_auc' ? 'lower' : 'higher';
      const changed = withThreshold(monitor, { check, value }, worse);
      const { warn, alert } = changed.checks.find((one) => one.check === check) ?? {};
      return [warn, alert];
    };
    expect(limits('psi', 0.1)).toEqual([0.1, 0.25]);
    expect(limits('psi', 0.3)).toEqual([0.3, 0.3]);
    expect(limits('out_of_range', 0.2)).toEqual([{ above: 0.2 }, null]);
    expect(limits('roc_auc', 0.06)).toEqual([{ drop: 0.06 }, { drop: 0.06 }]);
  });

  test('the other checks keep theirs', () => {
    const changed = withThreshold(monitor, { check: 'psi', value: 0.1 }, 'higher');
    expect(changed.checks.slice(1)).toEqual(monitor.checks.slice(1));
  });
});

describe('exposure', () => {
  test('members that are marked alike count each, whichever they are', () => {
    const [one, other] = ['ooaaooooooWooo', 'oooooaaaoooooo'];
    const apart = (...lines: string[]) =>
      lines.map((line) => tryRule(windows({ a: line }), ground).episodes);
    const lines = { a: one, b: other, c: one, d: one, e: 'oooooooooooooo' };
    const alone = apart(one, other, one, one);
    const all = tryRule(windows(lines), ground);
    expect(all.episodes).toBe(alone.reduce((sum, n) => sum + n, 0));
    expect(all.alerts).toBe(tryRule(windows({ a: one, b: other }), ground).alerts);
    expect(alikeAsOne(windows(lines)).times).toEqual(
      new Map([
        ['psi/a/', 3],
        ['psi/b/', 1],
        ['psi/e/', 1],
      ]),
    );
  });
  test('windows in which nothing could be judged are no quiet ones', () => {
    const found = tryRule(windows({ a: 'aoooouuuuuuuuuu' }), ground);
    expect(found).toMatchObject({ windows: 5, episodes: 1 });
    // one in five days are 18 in 90
    expect(found.per90Days.value).toBeCloseTo(18, 9);
  });
});
