import { expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { CheckSpec } from '../../domain/monitor.js';
import type { Counts } from '../../domain/profile.js';
import { hanleyMcNeil } from '../../stats/auc.js';
import { evidenceOf, monitorOf, windowEnding, END } from './evidence.js';

const check = checkNamed('multivariate');
const spec: CheckSpec = {
  ...{ check: 'multivariate', name: null, against: null, targets: null, params: {} },
  ...check.defaults,
  ...{ running: null, every: null },
};

/** What an evaluation knows of drawn rows: their AUC, and what each feature adds. */
function asked(auc: number, p: number, more: Record<string, number> = {}): Record<string, Counts> {
  const reach = 1.96 * hanleyMcNeil(auc, 20_000, 20_000);
  const sums = {
    ...{ n: 1, current: 20_000, reference: 20_000, auc, low: auc - reach, high: auc + reach, p },
    ...{ features: 3, all: 3, ...more },
  };
  const one = Object.entries(sums).map(([name, value]) => [name, Float64Array.of(value)] as const);
  return {
    apart: { by: {}, sums: Object.fromEntries(one) },
    apart_parts: {
      by: { feature: ['age', 'income', 'debt'] },
      sums: { n: Float64Array.of(1, 1, 1), part: Float64Array.of(0.1, 0.3, -0.01) },
    },
  };
}

function finding(given: Record<string, Counts>) {
  const evidence = evidenceOf({ x: [1, 2] }, { x: [1, 2] }, { profile: { asked: given } });
  const frame = { run: 'r', window: windowEnding(END), revision: 1, inputs: '' };
  const monitor = monitorOf({ checks: [spec] });
  const [found] = evaluateChecks({ monitor, evidence, ...frame, shown: [] });
  return found;
}

test('multivariate fires by the AUC on held-out rows, and names what tells the sides apart', () => {
  expect(finding(asked(0.7, 1e-12))).toMatchObject({ verdict: 'warn', value: 0.7, patience: 2 });
  expect(finding(asked(0.8, 1e-12))).toMatchObject({ verdict: 'alert', patience: 1 });
  // 0.3 and 0.1 of the 0.4 that tell the sides apart; what is below 0 tells nothing
  expect(finding(asked(0.7, 1e-12))?.sentence).toBe(
    'Rows of the window are told from those of the reference by 3 features at once (AUC 0.7 ' +
      '[0.695, 0.705], p < 1e-4, on held-out rows of 20000 and 20000 drawn); of the difference ' +
      'income 75 %, age 25 %.',
  );
});

test('multivariate is silent where the sides are alike, by chance, or nearly', () => {
  expect(finding(asked(0.503, 0.2))).toMatchObject({ verdict: 'ok', rule: 'within limits' });
  expect(finding(asked(0.503, 0.2))?.sentence).toMatch(
    /look like those of the reference.*drawn\)\.$/,
  );
  expect(finding(asked(0.68, 0.01))?.rule).toBe('multivariate > 0.65, but within chance');
  expect(finding(asked(0.6, 1e-12))).toMatchObject({
    ...{ verdict: 'ok', rule: 'small, for information' },
  });
});

test('multivariate without rows to draw, or with few, is unknown', () => {
  expect(finding({})).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
  expect(finding(asked(0.9, 1e-9, { reference: 499 }))?.reason).toBe('insufficient_data');
});
