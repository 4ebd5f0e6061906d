import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { evaluate, type Evaluated } from '../../activities/evaluate.js';
import { exitCodeOf, type Checked } from '../../app/check.js';
import { checkNamed } from '../../checks/index.js';
import type { ReferencePin } from '../../domain/model.js';
import type { CheckSpec } from '../../domain/monitor.js';
import { countVerdicts } from '../../activities/marks.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const start = Date.UTC(2026, 2, 1);

function spec(check: string): CheckSpec {
  const { warn, alert, rule } = checkNamed(check).defaults;
  const limits = { warn, alert, minRows: 50, rule, name: null, against: null };
  return { check, targets: null, ...limits, running: null, every: null, params: {} };
}

const checks = ['volume', 'rejected_rows', 'schema', 'missing', 'psi'].map(spec);

/** 300 rows of a day; every 19th x cannot be read. */
function day(number: number, x: (i: number) => string): string[] {
  const time = new Date(start + number * DAY).toISOString().slice(0, 10);
  return Array.from({ length: 300 }, (_, i) => {
    const hour = String(Math.floor(i / 13)).padStart(2, '0');
    return `${number * 300 + i},${time}T${hour}:00:00Z,${x(i)}`;
  });
}

const spoilt = (i: number) => (i % 19 === 0 ? `n/a ${i}` : String(((i * 37) % 100) / 10));
const moved = (i: number) => String(20 + ((i * 37) % 100) / 10);

/** Evaluates day by day over one file of all days, or over one file for each. */
async function withDays(
  files: Readonly<Record<string, readonly string[]>>,
  use: (at: (number: number, pin?: ReferencePin | null) => Promise<Evaluated>) => Promise<void>,
): Promise<void> {
  await withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      for (const [name, lines] of Object.entries(files)) {
        await writeFile(path.join(folder, name), lines.map((line) => `${line}\n`).join(''));
      }
      const monitor = monitorOf({
        predictions: { kind: 'csv', path: path.join(folder, '*.csv'), where: null },
        checks,
      });
      const deps = { lake, clock: () => start } as unknown as Deps;
      await use((number, pin = null) => {
        const from = start + number * DAY;
        const window = { start: from, end: from + DAY, weekday: new Date(from).getUTCDay() || 7 };
        const due = { window, revision: 1, at: window.end, knownAt: window.end };
        const head = pin === null ? null : { reference: pin };
        const given = { monitor, fingerprint: 'm', due, head, landDir: folder };
        return evaluate(deps, db, { ...given, exact: 'grid' });
      });
    }),
  );
}

const head = 'id,ts,x';
const of = ({ evaluation }: Evaluated, check: string, target = 'x') =>
  evaluation.findings.find((one) => one.check === check && one.target === target);

function codeOf(evaluated: Evaluated, noData: 'allow' | 'refuse' = 'refuse'): number {
  const { findings } = evaluated.evaluation;
  const checked = { evaluated, findings, counts: countVerdicts(findings) };
  return exitCodeOf(checked as unknown as Checked, { failOn: 'alert', noData });
}

test('a first window that is its own reference compares nothing, and judges the rest', () =>
  withDays({ 'all.csv': [head, ...day(0, spoilt), ...day(1, moved)] }, async (at) => {
    const first = await at(0);
    expect(first).toMatchObject({ first: true, reference: { rows: 300 } });
    for (const check of ['schema', 'missing', 'psi']) {
      expect(of(first, check)).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
    }
    expect(of(first, 'psi')?.sentence).toBe(
      'psi of x: not compared, the first window is the reference itself.',
    );
    // 16 of 300 are 5.3 %, above the alert at 5 %.
    expect(of(first, 'rejected_rows', 'rows')).toMatchObject({ verdict: 'alert' });
    expect(first.evaluation.notes?.[0]).toContain('first window: it is the reference');
    expect(codeOf(first)).toBe(1);
  }));

test('the window after it is compared with its rows, and the first one again with nothing', () =>
  withDays({ 'all.csv': [head, ...day(0, spoilt), ...day(1, moved)] }, async (at) => {
    const { pin } = await at(0);
    const second = await at(1, pin);
    expect(second.first).toBe(false);
    expect(of(second, 'psi')).toMatchObject({ verdict: 'warn', nReference: 300 });
    expect(second.evaluation.notes).toBeUndefined();
    expect(of(await at(0, pin), 'psi')).toMatchObject({ reason: 'no_reference' });
  }));

test('a gate does not pass where nothing was compared', () =>
  withDays({ 'all.csv': [head, ...day(0, moved)] }, async (at) => {
    const first = await at(0);
    expect(of(first, 'rejected_rows', 'rows')?.verdict).toBe('ok');
    expect([codeOf(first), codeOf(first, 'allow')]).toEqual([4, 0]);
  }));

test.each([
  ['no file', {}],
  ['an empty file', { 'a.csv': [] }],
  ['a file with a head alone', { 'a.csv': [head] }],
  ['a file of other days', { 'a.csv': [head, ...day(-5, moved)] }],
])('a first window of %s is a volume of zero, and no reference', (_, files) =>
  withDays(files, async (at) => {
    const found = await at(0);
    expect(found.evaluation.error).toBeNull();
    expect(of(found, 'volume', 'rows')).toMatchObject({ verdict: 'alert', hard: 'no rows' });
    expect([found.pin, found.reference]).toEqual([null, null]);
    expect(codeOf(found)).toBe(4);
  }),
);
