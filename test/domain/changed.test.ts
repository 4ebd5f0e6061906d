import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { changedLines } from '../../cli/changed.js';
import { changedInputs } from '../../domain/causes/changed.js';
import type { Past } from '../../domain/causes/timeline.js';
import type { Finding, Verdict } from '../../domain/finding.js';

const DAY = 86_400_000;
const at = (day: number): number => Date.UTC(2026, 10, day);

const findingOf = (target: string, check: string, more: Partial<Finding> = {}): Finding =>
  ({
    ...{ check, target, slice: {}, value: 0.31, hard: null, verdict: 'warn', rule: 'psi >= 0.05' },
    ...more,
  }) as Finding;

const mark = (target: string, check: string, verdict: Verdict) => {
  return { check, target, category: 'drift' as const, verdict, slice: '' };
};

const overrides = {
  income: { type: null, importance: 0.2, source: 'bureau' },
  age: { type: null, importance: null, source: null },
};

function changed(findings: readonly Finding[], past: readonly Pick<Past, 'end' | 'marks'>[] = []) {
  const isInput = ({ check }: Finding): boolean => check !== 'prediction_drift';
  return changedInputs({ findings, isInput, overrides, past });
}

describe('the inputs that changed', () => {
  const findings = [
    findingOf('age', 'psi'),
    findingOf('income', 'psi', { verdict: 'alert' }),
    findingOf('income', 'scale_change', { verdict: 'alert', hard: 'scale', value: 1.4 }),
    findingOf('prediction', 'prediction_drift'),
    findingOf('city', 'psi', { verdict: 'ok' }),
    findingOf('city', 'psi', { slice: { country: 'IT' } }),
  ];
  const past = [18, 19, 20, 21].map((day) => ({
    end: at(day),
    marks: [
      mark('income', 'scale_change', day >= 19 ? 'alert' : 'ok'),
      mark('income', 'psi', day >= 20 ? 'alert' : 'ok'),
      mark('age', 'psi', day >= 21 ? 'warn' : 'ok'),
    ],
  }));

  test('are one line a feature: since when, how much, importance, source', () => {
    const found = changed(findings, past);
    expect(
      found.map(({ feature, since, importance, source, findings: by }) => {
        return [feature, since, importance, source, by.map(({ check }) => check)];
      }),
    ).toEqual([
      ['income', at(19), 0.2, 'bureau', ['scale_change', 'psi']],
      ['age', at(21), null, null, ['psi']],
    ]);
  });
  test('began at an unknown time where no earlier window is known', () => {
    expect(changed(findings, past.slice(-1)).map(({ since }) => since)).toEqual([null, null]);
  });
  test('begin anew after three quiet windows, and not after two', () => {
    const since = (bad: readonly number[]) => {
      const days = [10, 11, 12, 13, 14].map((day) => ({
        end: at(day),
        marks: [mark('age', 'psi', bad.includes(day) ? 'warn' : 'ok')],
      }));
      return changed([findingOf('age', 'psi')], days)[0]?.since;
    };
    expect(since([10, 14])).toBe(at(14));
    expect(since([11, 14])).toBe(at(11));
  });
  test('are told in a table of 80 columns', () => {
    const lines = changedLines(changed(findings, past), 'UTC').map(stripVTControlCharacters);
    expect(lines.map((line) => line.trimEnd())).toEqual([
      '',
      ' Inputs that are not what they were in the reference:',
      ' FEATURE  SINCE       IMPORTANCE  SOURCE  HOW MUCH',
      ' income   2026-11-19  20 %        bureau  scale, psi 0.31',
      ' age      2026-11-21  not known   –       psi 0.31',
    ]);
    const names = Array.from({ length: 30 }, (_, i) => `${'long_'.repeat(9)}${String(i)}`);
    const many = changedLines(changed(names.map((name) => findingOf(name, 'psi'))), 'UTC');
    for (const line of many.map(stripVTControlCharacters)) {
      expect(Array.from(line).length).toBeLessThanOrEqual(80);
    }
    expect(many.at(-1)).toBe('   and 10 more');
    expect(changedLines([], 'UTC')).toEqual([]);
  });
  test('a time of day is told where a window does not end at midnight', () => {
    const own = [
      { end: at(21), marks: [] },
      { end: at(21) + DAY / 4, marks: past[3]?.marks ?? [] },
    ];
    expect(changedLines(changed([findingOf('age', 'psi')], own), 'UTC')[3]).toContain(
      '2026-11-21 06:00',
    );
  });
});
