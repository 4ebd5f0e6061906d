import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { judgeAgain } from '../../checks/again.js';
import { checkNamed } from '../../checks/index.js';
import { FROM_START } from '../../checks/start.js';
import type { Finding } from '../../domain/finding.js';
import { coarsen } from '../../domain/judging/coarsen.js';
import type { CheckSpec } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, END, evidenceOf, monitorOf, normals, texts, windowEnding } from './evidence.js';
import type { Table } from './evidence.js';

const specOf = (check: string, more: Partial<CheckSpec> = {}): CheckSpec => ({
  ...{ check, name: null, against: null, targets: null, params: {} },
  ...{ ...checkNamed(check).defaults, running: null, every: null },
  ...more,
});

const training: Table = {
  x: normals(20_000, 1),
  colour: texts(20_000, { red: 50, blue: 30, green: 20 }),
};

function evidence(now: Table, before: Table | null | undefined) {
  const made = evidenceOf(training, now);
  if (before === undefined) return made;
  const window = windowEnding(END - DAY);
  const first = before && evidenceOf(training, before, { profile: { window } }).current;
  return { ...made, first: first && coarse(first, made.grid.axes) };
}

/** As the lake keeps windows of long ago. */
function coarse(profile: Profile, axes: ReturnType<typeof evidenceOf>['grid']['axes']): Profile {
  const columns = Object.entries(profile.columns).flatMap(([name, counts]) => {
    const axis = axes[name];
    return axis === undefined ? [] : [[name, coarsen(axis, counts)] as const];
  });
  return { ...profile, columns: Object.fromEntries(columns) };
}

function judged(now: Table, before: Table | null | undefined, specs = [specOf('psi')]): Finding[] {
  const frame = { run: 'r', window: windowEnding(END), revision: 1, inputs: '' };
  const monitor = monitorOf({ checks: specs });
  return evaluateChecks({ monitor, evidence: evidence(now, before), ...frame, shown: [] });
}

/** Rows of a day whose x lies `mean` away from what the model learnt from. */
const day = (mean: number, seed = 3): Table => ({
  x: normals(2000, seed, { mean }),
  colour: texts(2000, { red: 50, blue: 30, green: 20 }),
});
const x = (findings: readonly Finding[], check = 'psi') =>
  findings.find((one) => one.target === 'x' && one.check === check);

describe('a column that is off from the start', () => {
  test('is listed for information in the first window, and does not warn', () => {
    const found = x(judged(day(0.6), null));
    expect(found).toMatchObject({ verdict: 'ok', rule: FROM_START, patience: 2 });
    expect(found?.value).toBeGreaterThan(0.25);
    expect(found?.sentence).toMatch(
      /^x moved \(PSI 0\.3.*Off from the start: the model learnt .* \(psi >= 0\.25.*\)\.$/,
    );
    // what is not off is judged as ever
    const rest = judged(day(0.6), null).filter(({ target }) => target !== 'x');
    expect(rest.map(({ rule }) => rule)).toEqual(['within limits']);
  });

  test('stays so while it is where the first window had it', () => {
    const found = x(judged(day(0.6), day(0.6, 9)));
    expect(found).toMatchObject({ verdict: 'ok', rule: FROM_START });
    expect(found?.sentence).toContain('So it was from the start');
  });

  test('fires when it moves on, back past the training rows, or sideways', () => {
    expect(x(judged(day(1.2), day(0.6, 9)))?.verdict).toBe('warn');
    expect(x(judged(day(-0.6), day(0.6, 9)))?.verdict).toBe('warn');
    const wide = { ...day(0), x: normals(2000, 5, { sd: 2 }) };
    expect(x(judged(wide, day(0.6, 9)))?.verdict).toBe('warn');
    // and back at the training rows nothing is wrong
    expect(x(judged(day(0), day(0.6, 9)))).toMatchObject({ verdict: 'ok', rule: 'within limits' });
  });
});

describe('what moves after the start', () => {
  test('fires where the first window was as the model learnt', () => {
    const before = x(judged(day(0.6), undefined));
    expect(before?.verdict).toBe('warn');
    expect(x(judged(day(0.6), day(0)))).toEqual(before);
  });

  test('fires where the first window cannot be compared with', () => {
    const few = { x: normals(50, 9, { mean: 0.6 }), colour: texts(50, { red: 1 }) };
    expect(x(judged(day(0.6), few))?.verdict).toBe('warn');
    expect(x(judged(day(0.6), { colour: day(0)['colour'] ?? [] }))?.verdict).toBe('warn');
  });

  test('creeps over a limit that it did not cross at the start, and fires', () => {
    // PSI of a shift of d sd is about d²: 0.04, then 0.09 by a limit of 0.05
    const [before, now] = [day(0.2, 9), day(0.3)];
    expect(x(judged(before, null))?.rule).toBe('small, for information');
    expect(x(judged(now, before))?.verdict).toBe('warn');
  });
});

test('without a training reference, or with a known usual, nothing is from the start', () => {
  expect(x(judged(day(0.6), undefined))?.verdict).toBe('warn');
});

test('skew is always told, and so are broken rules', () => {
  const specs = [specOf('psi'), specOf('skew'), specOf('missing')];
  const found = judged({ ...day(0.6), colour: new Array<null>(2000).fill(null) }, null, specs);
  expect(x(found, 'skew')?.verdict).toBe('warn');
  expect(x(found)?.rule).toBe(FROM_START);
  const missing = found.find(({ check, target }) => check === 'missing' && target === 'colour');
  expect(missing).toMatchObject({ verdict: 'alert', hard: 'all null' });
});

test('values that the model never saw are told on day one', () => {
  const specs = [specOf('psi'), specOf('unseen_categories')];
  const now = { ...day(0), colour: texts(2000, { red: 50, violet: 50 }) };
  const [moved, unseen] = judged(now, null, specs).filter(({ target }) => target === 'colour');
  expect(moved).toMatchObject({ check: 'psi', rule: FROM_START });
  expect(unseen).toMatchObject({ check: 'unseen_categories', verdict: 'warn' });
});

test('what was so from the start stays so when history is judged by other limits', () => {
  const found = judged(day(0.6), null);
  const again = judgeAgain(monitorOf({ checks: [specOf('psi', { warn: 0.01 })] }), found);
  expect(x(again)).toEqual(x(found));
});
