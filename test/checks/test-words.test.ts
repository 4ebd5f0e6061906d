import { expect, test } from 'vitest';
import { reading } from '../../checks/check.js';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checks } from '../../checks/index.js';
import { testWords } from '../../checks/test-words.js';
import { whyWords } from '../../domain/naming.js';
import { evidenceOf, monitorOf, windowEnding } from './evidence.js';

const letters = (a: number, b: number): string[] => [
  ...new Array<string>(a).fill('a'),
  ...new Array<string>(b).fill('b'),
];
const spec = (check: string, more: object = {}) => ({
  ...{ check, name: null, against: null, targets: null, minRows: 100, warn: 0.05, alert: 0.25 },
  ...{ rule: 'calibrated' as const, running: null, every: null, params: {}, ...more },
});

function found(more: object = {}) {
  const evidence = evidenceOf({ plan: letters(500, 500) }, { plan: letters(900, 100) });
  const frame = { run: 'r', window: windowEnding(0), revision: 0, inputs: '' };
  const monitor = monitorOf({ checks: [spec('psi', more)] });
  const [psi] = evaluateChecks({ monitor, evidence, shown: [], ...frame });
  if (psi === undefined) throw new TypeError('expected a finding of psi');
  return psi;
}

test('a finding that fires says by which rule and test, and why that test', () => {
  expect(whyWords(found())).toBe(
    'Rule: psi >= 0.25, held at warn: importance unknown. Test: chi-square of bins, as of any ' +
      'kind of column, that PSI is above 0.01 (mode N: no usual windows are compared); 5 % false ' +
      'discoveries at most, over all columns and parts.',
  );
  expect(whyWords(found({ rule: 'fixed' }))).toContain('Test: none, by "rule: fixed".');
  const calm = found({ warn: 9, alert: null });
  expect([calm.verdict, whyWords(calm), calm.test]).toEqual(['ok', null, undefined]);
});

test('modes are told by what they compare', () => {
  const psi = { name: 'psi', category: 'drift' } as const;
  const say = (details: object) => testWords(psi, reading({ value: 1, details: { ...details } }));
  expect(say({ mode: 'W', windows: 28 })).toContain(
    'than 28 usual windows are from each other (mode W)',
  );
  expect(say({ mode: 'S', windows: 5 })).toContain(
    '5 windows of its weekday, as weekdays differ (mode S)',
  );
});

test('every check has words of its own test, in less than two lines', () => {
  const said = checks.map((check) => {
    return [check.name, testWords(check, reading({ value: 1, pValue: 0.5 }))] as const;
  });
  expect(said.filter(([, words]) => words.length > 130)).toEqual([]);
  // what no check says of itself falls to those that have a chi-square for want of a p of their own
  expect(said.filter(([, words]) => /distance has no p/.test(words)).map(([name]) => name)).toEqual(
    [
      'wasserstein',
      'jensen_shannon',
      'kl',
      'hellinger',
      'total_variation',
      'l_infinity',
      'cramers_v',
    ],
  );
  const hard = reading({ value: 1, hard: 'scale' });
  expect(testWords({ name: 'scale_change', category: 'data-quality' }, hard)).toMatch(
    /^none, for a broken rule/,
  );
});
