import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed, defaultChecks } from '../../checks/index.js';
import { courseOf } from '../../checks/segment-odds.js';
import type { Acted, Course, Parted } from '../../checks/segment-odds.js';
import type { CheckSpec } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import type { Slice } from '../../domain/slice.js';
import type { Evidence } from '../../domain/score.js';
import { adjusted } from '../../stats/multiple.js';
import { binomial, chanceOf, normal } from '../experiments/chance.js';
import { outcomesOf, profileOf, specOf, withoutDecisions } from './decided.js';
import { DAY, END, evidenceOf, monitorOf, windowEnding } from './evidence.js';

/** Rows of some value that were acted on, and that were not. */
type Pair = readonly [acted: number, not: number];
/** A window by the values of its segment; `''`: rows of none. */
type Day = Readonly<Record<string, Pair>>;

/** Half of the rows acted on were blocked, half held out and all the same; the others likewise. */
const cellsOf = ([acted, not]: Pair) =>
  outcomesOf([
    ['censored', { none: acted / 2 }],
    ['beyond', { none: acted / 2 }],
    ['explored', { none: not / 2 }],
    ['free', { none: not / 2 }],
    ['', { none: 77 }],
  ]);

const slices = (values: Profile[], slice: Slice) => values.map((one) => ({ ...one, slice }));

/** Of all rows, and of each segment, the last day being the current window. */
function evidencesOf(days: readonly Day[]): { evidence: Evidence; slices: Evidence[] } {
  const sideOf = (of: (day: Day) => Pair | undefined, slice: Slice): Evidence => {
    const profiles = days.flatMap((day, place) => {
      const pair = of(day);
      return pair ? [profileOf(cellsOf(pair), END - (days.length - 1 - place) * DAY)] : [];
    });
    const all = slices(profiles, slice);
    const current = all.at(-1) ?? profileOf(null);
    return { ...evidenceOf({}, {}), current, earlier: all.slice(0, -1), knownAt: END };
  };
  const whole = (day: Day): Pair => {
    const pairs = Object.values(day);
    return [pairs.reduce((n, [acted]) => n + acted, 0), pairs.reduce((n, [, not]) => n + not, 0)];
  };
  const names = Object.keys(days.at(-1) ?? {}).filter((name) => name !== '');
  return {
    evidence: sideOf(whole, {}),
    slices: names.map((country) => sideOf((day) => day[country], { country })),
  };
}

const segments = [{ name: 'country', by: 'country', top: 8, minRows: 1 }];
const frame = { run: 'r', window: windowEnding(END), revision: 1, inputs: '' };

function found(days: readonly Day[], more: Partial<Evidence> = {}, spec: Partial<CheckSpec> = {}) {
  const { evidence, slices: parts } = evidencesOf(days);
  const checks = [{ ...specOf('disparity_trend'), ...spec }];
  const [finding, ...others] = evaluateChecks({
    ...{ monitor: monitorOf({ checks, segments }), shown: [] },
    ...{ evidence: { ...evidence, ...more }, slices: parts, ...frame },
  });
  if (finding === undefined) throw new Error('expected a finding');
  expect(others).toEqual([]);
  return finding;
}

const coursesIn = ({ details }: { details: Record<string, unknown> }) =>
  details['segments'] as readonly Course[];

/** Of IT from 300 to 410 of 1000 rows, of all others about 500 of 3000. */
const IT = [300, 310, 330, 350, 345, 380, 400, 410];
const OTHERS = [500, 510, 490, 505, 500, 495, 500, 490];
const widening = IT.map((acted, day): Record<'IT' | '', Pair> => {
  return { IT: [acted, 1000 - acted], '': [OTHERS[day] ?? 0, 3000 - (OTHERS[day] ?? 0)] };
});

const partedOf = (all: readonly (readonly [Pair, Pair])[]): Parted[] =>
  all.map(([segment, rest], day) => {
    const side = ([acted, not]: Pair): Acted => ({ acted, not });
    return { window: windowEnding(END + day * DAY), segment: side(segment), rest: side(rest) };
  });

describe('disparity_trend', () => {
  test('is the line through the log odds ratios, as numpy 2.4.6 has it', () => {
    const finding = found(widening);
    // y = ln((a + ½)(d + ½) / (b + ½)(c + ½)), X = [1, 0 … 7], inv(X' W X) X' W y of W = 1 / Σ 1 / (n + ½):
    const [level, slope] = [0.74243817, 0.0744785];
    const [course] = coursesIn(finding);
    expect(course?.then).toBeCloseTo(Math.exp(level), 6);
    expect(course?.now).toBeCloseTo(Math.exp(level + 7 * slope), 6);
    expect(finding.value).toBeCloseTo(Math.exp(7 * slope), 6);
    // Q = 1.22 of 6 degrees is no more than chance; scipy.stats.t.sf(slope / 0.012751732280367153, 6)
    expect(finding.pValue).toBeCloseTo(0.0005551584600179945, 10);
    expect(finding).toMatchObject({ verdict: 'warn', rule: 'disparity_trend >= 1.25' });
    expect(finding).toMatchObject({ category: 'feedback-loop', slice: {}, nCurrent: 4000 });
    expect(finding.sentence).toBe(
      'country = IT is treated ever more unlike all other rows, by a factor of 1.684: the odds of ' +
        'being acted on there over those elsewhere went 2.101 → 3.539 in 8 windows (p 0.00056, ' +
        'segments compared: 1). Why cannot be told from this.',
    );
    expect(finding.test).toContain('p < 0.005');
  });

  test('what moves towards the others, or past them to as far, is not wider', () => {
    const narrowing = found([...widening].reverse());
    expect(narrowing.verdict).toBe('ok');
    expect(narrowing.value).toBeLessThan(1);
    expect(narrowing.sentence).toMatch(
      /^No segment is seen to be treated ever more unlike all other rows, nearest to it is country = IT: .* went 3\.539 → 2\.101 in 8 windows \(p 1, /,
    );
    // odds from 1/3 to 3 of those of the others
    const past = Array.from({ length: 9 }, (_, day): Day => {
      return { IT: [500 + 62 * (day - 4), 500 - 62 * (day - 4)], '': [500, 500] };
    });
    const finding = found(past);
    expect(finding.value).toBeCloseTo(1, 9);
    expect(finding.verdict).toBe('ok');
  });

  test('a change that is sure and small is none to tell, and a large one may be chance', () => {
    // of 100,000 rows each day 0.2 % more: odds of 1.13 times those of the first day
    const small = Array.from({ length: 8 }, (_, day): Day => {
      return { IT: [30_000 + 400 * day, 70_000 - 400 * day], '': [20_000, 80_000] };
    });
    expect(found(small)).toMatchObject({ verdict: 'ok', rule: 'within limits' });
    const swinging = widening.map(({ IT: pair, ...rest }, day): Day => {
      const more = day % 2 === 0 ? -120 : 120;
      return { IT: [pair[0] + more, pair[1] - more], ...rest };
    });
    const finding = found(swinging);
    expect(finding).toMatchObject({
      verdict: 'ok',
      rule: 'disparity_trend >= 1.25, but within chance',
    });
    expect(finding.sentence).toMatch(/^No segment is seen/);
  });

  test('of several segments the one that grew most is told, by p-values for all of them', () => {
    const days = widening.map(({ IT: pair }, day): Day => {
      return {
        ...{ IT: pair, FR: [400 + 50 * day, 1600 - 50 * day] },
        ...{ ES: [150, 850], PT: [160 + (day % 2), 840 - (day % 2)] },
        '': [5000, 25_000],
      };
    });
    const finding = found(days);
    const courses = coursesIn(finding);
    const all = (day: Day, of: 0 | 1) => Object.values(day).reduce((n, pair) => n + pair[of], 0);
    const alone = ['IT', 'FR', 'ES', 'PT'].map((name) => {
      const pairs = days.map((day): [Pair, Pair] => {
        const [acted, not] = day[name] ?? [0, 0];
        return [
          [acted, not],
          [all(day, 0) - acted, all(day, 1) - not],
        ];
      });
      return courseOf(name, partedOf(pairs));
    });
    const corrected = adjusted(alone.map((one) => one?.pValue ?? NaN));
    for (const [place, name] of ['IT', 'FR', 'ES', 'PT'].entries()) {
      const course = courses.find(({ segment }) => segment === `country = ${name}`);
      expect(course?.pValue).toBeCloseTo(corrected[place] ?? NaN, 9);
      expect(course?.growth).toBeCloseTo(alone[place]?.growth ?? NaN, 9);
    }
    const sure = courses.filter(({ pValue }) => pValue < 0.005);
    expect(sure.length).toBeGreaterThan(1);
    expect(finding.value).toBe(Math.max(...sure.map(({ growth }) => growth)));
    const others = sure.slice(1).map(({ segment }) => segment);
    expect(finding.sentence).toContain(` So are ${others.join(', ')}. Why cannot be told`);
    expect(finding.sentence).toContain('segments compared: 4)');
  });

  test('a day without a window is a step of two, and a thin one is left out', () => {
    const longer = [...widening, { IT: [430, 570], '': [500, 2500] } satisfies Day];
    const plain = found(longer, {}, { minRows: 0 });
    const thin = longer.map((day, place): Day => (place === 3 ? { ...day, IT: [5, 494] } : day));
    const finding = found(thin);
    expect(coursesIn(finding)[0]?.windows).toBe(8);
    // whose line is that of the others, at their own times
    const without = longer.flatMap((day, place) => {
      const pair = [day['IT'], day['']] as [Pair, Pair];
      return place === 3 ? [] : [{ pair, day: place }];
    });
    const windows = partedOf(without.map(({ pair }) => pair)).map((one, place) => {
      return { ...one, window: windowEnding(END + (without[place]?.day ?? 0) * DAY) };
    });
    const wanted = courseOf('country = IT', windows);
    expect(finding.value).toBeCloseTo(wanted?.growth ?? NaN, 9);
    expect(finding.value).not.toBeCloseTo(plain.value ?? NaN, 4);
  });

  test('sources of rows and arms are no segments', () => {
    const { evidence, slices: parts } = evidencesOf(widening);
    const others = [{ row_source: 'crm' }, { arm: 'holdout' }].flatMap((slice) =>
      parts.map((one) => ({ ...one, current: { ...one.current, slice } })),
    );
    const [finding] = evaluateChecks({
      ...{ monitor: monitorOf({ checks: [specOf('disparity_trend')], segments }), shown: [] },
      ...{ evidence, slices: [...parts, ...others], ...frame },
    });
    expect(coursesIn(finding ?? { details: {} }).map(({ segment }) => segment)).toEqual([
      'country = IT',
    ]);
  });

  test('is unknown where too little is known, and says what is missing', () => {
    const unknown = (finding: ReturnType<typeof found>, words: string) => {
      expect(finding.verdict).toBe('unknown');
      expect(finding.sentence).toContain(words);
      return finding.reason;
    };
    const need =
      'it takes 8 windows, this one among them, in which it is known of 500 rows of a segment and ' +
      'of as many others what was decided: ';
    expect(unknown(found(widening.slice(3)), `${need}country = IT has 5 of them, 3 too few.`)).toBe(
      'insufficient_data',
    );
    const last = { IT: [100, 399], '': [500, 2500] } satisfies Day;
    unknown(found([...widening, last]), `${need}no segment has as many in this one`);
    const alone = widening.map(({ IT: pair }): Day => ({ IT: pair, '': [200, 299] }));
    unknown(found(alone), `${need}no segment has as many in this one`);
    unknown(found(widening, {}, { minRows: 1001 }), 'of 1001 rows of a segment');
    const { current, earlier } = evidencesOf(widening).evidence;
    const counted = earlier.map((one): Profile => ({
      ...one,
      outcomes: one.outcomes && withoutDecisions(one.outcomes),
    }));
    unknown(found(widening, { earlier: counted }), 'country = IT has 1 of them, 7 too few');
    const asked = { undecided: { by: { column: ['decision'] }, sums: { n: Float64Array.of(1) } } };
    unknown(
      found(widening, { current: { ...current, asked } }),
      'columns.action names decision, which the rows lack',
    );
    const facts = { version: null, trainedUntil: null, matureAfter: DAY };
    expect(unknown(found(widening, { facts }), 'not mature')).toBe('immature');
  });

  test('informs only: it runs where it is listed, warns at most, and claims no cause', () => {
    const check = checkNamed('disparity_trend');
    expect(check).toMatchObject({ kind: 'associational', onlyListed: true });
    expect(check.defaults.alert).toBeNull();
    const columns = {
      ...monitorOf().columns,
      ...{ prediction: { kind: 'probability' as const, column: 'p', threshold: 0.5 } },
      action: { column: 'd', wouldAct: null, censors: ['block'], alters: [], explored: null },
    };
    const watched = defaultChecks({ ...monitorOf({ segments }), columns });
    expect(watched).toContain('psi');
    expect(watched).not.toContain('disparity_trend');
    // three times as far each day
    const steep = Array.from({ length: 8 }, (_, day): Day => {
      return { IT: [3 ** day, 9000], '': [1, 9000] };
    });
    const finding = found(steep);
    expect(finding.value).toBeGreaterThan(100);
    expect(finding.verdict).toBe('warn');
    expect(finding.sentence).not.toMatch(/caus|because|loop|amplif/i);
  });
});

/** Counts of a segment and the rest, each day. */
const pairs = fc.array(
  fc.tuple(
    fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 })),
    fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 })),
  ),
  { minLength: 8, maxLength: 24 },
);

describe('the course of a segment', () => {
  const courseIn = (all: readonly Parted[]): Course => {
    const course = courseOf('s', all);
    if (course === null) throw new Error('expected a course');
    return course;
  };

  test('seen from the rest is the same the other way round', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const there = courseIn(partedOf(all));
        const back = courseIn(partedOf(all.map(([segment, rest]) => [rest, segment] as const)));
        expect(Math.log(back.then)).toBeCloseTo(-Math.log(there.then), 9);
        expect(Math.log(back.now)).toBeCloseTo(-Math.log(there.now), 9);
        expect(Math.log(back.growth)).toBeCloseTo(Math.log(there.growth), 9);
        expect(back.pValue).toBeCloseTo(there.pValue, 9);
      }),
    );
  });

  test('is the same whatever the order of windows, and of the newest 24 of them', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const windows = partedOf(all);
        expect(courseIn([...windows].reverse())).toEqual(courseIn(windows));
        const before = partedOf(
          Array.from(
            { length: 24 },
            () =>
              [
                [9, 1],
                [1, 9],
              ] as const,
          ),
        );
        const later = partedOf(
          Array.from(
            { length: 24 },
            (_, day) =>
              all[day % all.length] ??
              ([
                [0, 0],
                [0, 0],
              ] as const),
          ),
        ).map((one, day) => ({ ...one, window: windowEnding(END + (24 + day) * DAY) }));
        expect(courseIn([...before, ...later])).toEqual(courseIn(later));
      }),
    );
  });

  /**
   * How often it fires of 1,000: 2,000 rows of a segment and of the rest, 15 % of the rest acted
   * on, log odds ratio 0.3 at first, then by `slope` more each window, beside a wobble of 0.03.
   */
  const fires = (slope: number, windows: number): number => {
    const chance = chanceOf(`disparity ${String(slope)} ${String(windows)}`);
    const draw = (p: number): Pair => {
      const acted = binomial(chance, 2000, p);
      return [acted, 2000 - acted];
    };
    const runs = Array.from({ length: 1000 }, () => {
      const days = Array.from({ length: windows }, (_, day) => {
        const logit = Math.log(0.15 / 0.85) + 0.3 + slope * day + 0.03 * normal(chance);
        return [draw(1 / (1 + Math.exp(-logit))), draw(0.15)] as const;
      });
      const { growth, pValue } = courseIn(partedOf(days));
      return growth >= 1.25 && pValue < 0.005;
    });
    return runs.filter(Boolean).length / runs.length;
  };

  test('fires seldom where nothing widens, and mostly where it does', () => {
    // a rise of a quarter by chance is rarer than the level of 0.005
    expect(fires(0, 8)).toBeLessThanOrEqual(0.003);
    expect(fires(0.1, 8)).toBeGreaterThan(0.95);
    // half as steep it takes longer
    expect(fires(0.05, 8)).toBeLessThan(0.6);
    expect(fires(0.05, 12)).toBeGreaterThan(0.95);
  });
});
