import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import type { LoopGain } from '../../checks/loop-gain.js';
import type { CheckSpec } from '../../domain/monitor.js';
import { CATEGORY } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { findingsOf } from '../experiments/simulate.js';
import { groupsOf, windowAllotting } from './allotted.js';
import type { Allotted } from './allotted.js';
import { specOf } from './decided.js';
import { DAY, END, evidenceOf, monitorOf } from './evidence.js';

interface Given {
  more?: Partial<Evidence>;
  spec?: Partial<CheckSpec>;
  /** Days that have no window. */
  gaps?: readonly number[];
}

function found(windows: readonly Allotted[], { more = {}, spec = {}, gaps = [] }: Given = {}) {
  const profiles = windows
    .map((allotted, day) => windowAllotting(groupsOf(allotted), day))
    .filter((_, day) => !gaps.includes(day));
  const current = profiles.at(-1) ?? windowAllotting(null);
  const monitor = monitorOf({ checks: [{ ...specOf('allocation_gain'), ...spec }] });
  const [finding] = findingsOf(monitor, {
    ...evidenceOf({}, {}),
    ...{ current, answers: profiles.slice(0, -1), knownAt: END + 100 * DAY, ...more },
  });
  if (finding === undefined) throw new Error('expected a finding');
  return finding;
}

const names = ['north', 'south', 'east', 'west', 'centre', 'coast'];

/** Windows by what a group gets and brings in each. */
const windowsOf = (
  n: number,
  of: (group: number, window: number) => [number, number],
  groups = 4,
): Allotted[] =>
  Array.from({ length: n }, (_, window) =>
    Object.fromEntries(names.slice(0, groups).map((name, group) => [name, of(group, window)])),
  );

/** 4, 13, 40, 121 …: with ½ more each is three times the one before. */
const threes = (power: number): number => 4.5 * 3 ** power - 0.5;

/** West is decided on three times as often in each window, and brings as many labels. */
const growing = (n: number) =>
  windowsOf(n, (group, window) => {
    const decisions = threes(group === 3 ? window : 2);
    return [decisions, decisions];
  });

/** How often groups are decided on, in some disorder; a shift of the windows is another disorder. */
const disorder = (group: number, window: number): number =>
  60 + ((group * 37 + window * 53 + group * window * 29) % 97);

/** Of those labels the next decisions are a multiple, but for a factor of disorder. */
function looped(n: number, own = 0.8): Allotted[] {
  let decisions = names.map((_, group) => 2 * disorder(group, 0));
  return Array.from({ length: n }, (_, window) => {
    const labels = decisions.map((one) => Math.round(one / 2));
    const now = names.map((name, group) => [name, [decisions[group], labels[group]]] as const);
    decisions = labels.map((one, group) =>
      Math.round(2 * one ** own * (disorder(group, window + 1) / 40)),
    );
    return Object.fromEntries(now) as Allotted;
  });
}

type Table = readonly (readonly number[])[];

/** Least squares without the means of rows and columns, as a textbook has it. */
function slope(y: Table, x: Table): number {
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const bare = (all: Table) =>
    all.flatMap((row) =>
      row.map((one, t) => one - mean(row) - mean(all.map((r) => r[t] ?? 0)) + mean(all.flat())),
    );
  const [a, b] = [bare(y), bare(x)];
  const product = (c: number[]) => c.reduce((sum, one, i) => sum + one * (b[i] ?? 0), 0);
  return product(a) / product(b);
}

/** Logarithms of ½ more than the decisions (0) or the labels (1) of groups in some windows. */
const table = (windows: readonly Allotted[], side: 0 | 1): Table =>
  Object.keys(windows[0] ?? {}).map((name) =>
    windows.map((one) => Math.log((one[name]?.[side] ?? NaN) + 0.5)),
  );

const linksOf = ({ details }: { details: Record<string, unknown> }) =>
  details['links'] as LoopGain['links'];

describe('allocation_gain', () => {
  test('is the product of both slopes, by hand', () => {
    const finding = found(growing(8));
    // ln labels are ln decisions; of west the next decisions are three times that, of others as many
    expect(linksOf(finding).labels.value).toBeCloseTo(1, 9);
    expect(linksOf(finding).decisions.value).toBeCloseTo(1, 9);
    expect(finding.value).toBeCloseTo(1, 9);
    expect(finding).toMatchObject({ verdict: 'alert', rule: 'allocation_gain >= 0.5' });
    expect(finding).toMatchObject({ low: null, high: null, category: 'feedback-loop' });
    // 40 decisions for three groups, and 4 at first, 9841 at last for west
    const [first, last] = [4, 9841].map((west) => (3 * 40 ** 2 + west ** 2) / (3 * 40 + west) ** 2);
    expect(finding.details['concentration']).toMatchObject({
      ...{ first: expect.closeTo(first ?? NaN, 12) as number, rises: true },
      last: expect.closeTo(last ?? NaN, 12) as number,
    });
    expect(finding.nCurrent).toBe(3 * 40 + 9841);
    expect(finding.sentence).toContain('; a change that comes once hardly fades, if ever. ');
    expect(finding.test).toContain('one-sided t-tests of both slopes');
  });

  test('counts both links, each by its own test, and says so in plain words', () => {
    const windows = looped(10);
    const finding = found(windows);
    const labels = slope(table(windows, 1), table(windows, 0));
    const decisions = slope(table(windows.slice(1), 0), table(windows.slice(0, -1), 1));
    expect(finding.value).toBeCloseTo(labels * decisions, 9);
    const links = linksOf(finding);
    expect(finding.pValue).toBe(Math.max(links.labels.pValue, links.decisions.pValue));
    expect(finding.verdict).toBe('warn');
    const gain = Number((labels * decisions).toPrecision(4));
    const grows = Number((1 / (1 - labels * decisions)).toPrecision(4));
    expect(finding.sentence).toContain(
      `Suspected self-reinforcing allocation, gain ${String(gain)}: over 10 windows of 6 groups, ` +
        `1 % more decisions on a group go with ${String(Number(labels.toPrecision(4)))} % more ` +
        'positive labels there (p < 1e-4), and 1 % more positive labels with ' +
        `${String(Number(decisions.toPrecision(4)))} % more decisions in the next window (p < 1e-4); ` +
        `a change that comes once grows to ${String(grows)} times itself. Decisions do not concentrate`,
    );
    expect(finding.sentence).toMatch(/a share of rows decided at random would tell\.$/);
    expect(finding.sentence).not.toMatch(/caus|confirm|prove/i);
    expect(checkNamed('allocation_gain').kind).toBe('associational');
  });

  const HELD = 'allocation_gain >= 0.25, held at warn: not sure enough for allocation_gain >= 0.5';

  test('a large gain is an alert only where decisions concentrate', () => {
    // west gets three times as much in each window, and then as much less: as often up as down
    const swings = windowsOf(13, (group, window) => {
      const decisions = threes(group === 3 ? 6 - Math.abs(6 - window) : 2);
      return [decisions, decisions];
    });
    const finding = found(swings);
    expect(finding.value).toBeGreaterThan(0.5);
    expect(finding).toMatchObject({ verdict: 'warn', rule: HELD });
    expect(finding.sentence).toContain("do not concentrate ever more: Herfindahl's index 0.3");
    // by a fixed rule the limits alone decide
    expect(found(swings, { spec: { rule: 'fixed' } })).toMatchObject({ verdict: 'alert' });
  });

  test('labels that go their own way, or decisions that do, are no loop', () => {
    const free = windowsOf(12, (group, window) => [
      disorder(group, window),
      disorder(window, group + 5),
    ]);
    const random = windowsOf(12, (group, window) => {
      const decisions = disorder(group, window);
      return [decisions, Math.round(decisions / 2)];
    });
    expect(linksOf(found(random)).labels.value).toBeCloseTo(1, 1);
    for (const windows of [free, random]) {
      const finding = found(windows);
      expect(finding.verdict).toBe('ok');
      expect(finding.sentence).toMatch(/^No self-reinforcing allocation is seen, gain 0/);
    }
  });

  test('is unknown for fewer than 8 windows one after another, and leaves gaps out', () => {
    const few = found(looped(7));
    expect(few).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(few.sentence).toBe(
      'allocation_gain: it takes 8 windows one after another, each with 30 positive labels of ' +
        'groups or more, known: 7.',
    );
    const windows = looped(10);
    const gap = found(windows, { gaps: [0, 4] });
    // windows 1, 2, 3 and 5 … 9: six pairs
    expect(gap.sentence).toMatch(/known: 7\.$/);
    const told = found(looped(11), { gaps: [4] });
    const there = looped(11).filter((_, day) => day !== 4);
    const after = looped(11).filter((_, day) => ![0, 4, 5].includes(day));
    const before = looped(11).filter((_, day) => ![3, 4, 10].includes(day));
    expect(told.value).toBeCloseTo(
      slope(table(there, 1), table(there, 0)) * slope(table(after, 0), table(before, 1)),
      9,
    );
    // a window with few labels is a gap, too
    const thin = looped(10).map((one, day) =>
      [0, 4].includes(day) ? (windowsOf(1, () => [100, 4], 6)[0] ?? one) : one,
    );
    expect(found(thin).sentence).toMatch(/known: 7\.$/);
  });

  test('is unknown where nothing can be told, and says why', () => {
    const unknown = (finding: ReturnType<typeof found>, words: string) => {
      expect(finding.verdict).toBe('unknown');
      expect(finding.sentence).toContain(words);
      return finding.reason;
    };
    const three = windowsOf(8, (group, window) => [disorder(group, window), 50], 3);
    expect(unknown(found(three), 'groups with rows in all 8 windows: 3, 4 needed')).toBe(
      'insufficient_data',
    );
    const same = windowsOf(8, (group, window) => [100 + group, disorder(group, window)]);
    unknown(found(same), 'no group got more or less of the decisions, or positive labels');
    const last = windowsOf(8, (group, window) => [disorder(group, window), window < 7 ? 50 : 7]);
    expect(unknown(found(last), 'positive labels of groups: 28, 30 needed')).toBe(
      'insufficient_data',
    );
    const undecided = windowsOf(8, (_, window) => [0, 50 + window]);
    unknown(found(undecided), 'no row is known to be acted on');
    const current = windowAllotting(null, 7);
    unknown(found(looped(8), { more: { current } }), 'no row names its group');
    const facts = { version: null, trainedUntil: null, matureAfter: 200 * DAY };
    expect(unknown(found(looped(8), { more: { facts } }), 'not mature')).toBe('immature');
  });

  test('groups that come and go, and those without a name, only count for the concentration', () => {
    const windows = looped(9);
    const more = windows.map((one, day): Allotted => {
      const rest = { [CATEGORY.other]: [500 + day, 40] as const };
      return day % 2 === 0 ? { ...one, ...rest } : { ...one, ...rest, guest: [900, 300] };
    });
    const [plain, other] = [found(windows), found(more)];
    expect(other.value).toBe(plain.value);
    expect(other.pValue).toBe(plain.pValue);
    expect(other.details['groups']).toBe(6);
    expect(other.details['concentration']).not.toEqual(plain.details['concentration']);
  });

  test('the order of groups does not matter, nor their names', () => {
    const count = fc.integer({ min: 0, max: 300 });
    const panel = fc.array(fc.array(fc.tuple(count, count), { minLength: 5, maxLength: 5 }), {
      minLength: 9,
      maxLength: 9,
    });
    const spec = { minRows: 0 };
    fc.assert(
      fc.property(panel, (cells) => {
        const [plain, turned] = [cells, cells.map((row) => [...row].reverse())].map((all, place) =>
          found(
            all.map((row) =>
              Object.fromEntries(row.map((cell, k) => [`${String(place)} ${String(k)}`, cell])),
            ),
            { spec },
          ),
        );
        expect(turned?.verdict).toBe(plain?.verdict);
        expect(turned?.value ?? 0).toBeCloseTo(plain?.value ?? 0, 6);
      }),
      { numRuns: 25 },
    );
  });
});
