import { expect, test } from 'vitest';
import { handledOf, isBeyond, verdictBefore } from '../../domain/handled.js';
import type { Handled } from '../../domain/score.js';
import { finding } from '../support/lake.js';

const handled: Handled = {
  ...{ handling: 'ipw', version: 'v2', reviewed: { suppression: [0.1, 0.4] } },
};
const seen = (low: number, high: number) =>
  finding({ check: 'suppression', value: (low + high) / 2, low, high, verdict: 'alert' });

// 0.45 is beyond 0.4, but 0.3 may be so.
test('within what was reviewed it informs, surely beyond it fires as ever and says so', () => {
  const [within, above, below] = handledOf(
    [seen(0.3, 0.6), seen(0.5, 0.6), seen(0, 0.05)],
    handled,
  );
  expect(within).toMatchObject({ verdict: 'ok', rule: 'handled: ipw' });
  expect(within?.details['handled']).toEqual({ handling: 'ipw', version: 'v2', verdict: 'alert' });
  expect(within && verdictBefore(within)).toBe('alert');
  for (const one of [above, below]) {
    expect(one).toMatchObject({ verdict: 'alert', rule: 'psi >= 0.25' });
    expect(one?.sentence).toBe('income moved. Not handled: beyond what was reviewed, 0.1 to 0.4.');
  }
});

test('a value without an interval stands for itself; what nobody reviewed is never beyond', () => {
  const bare = { check: 'suppression', low: null, high: null };
  expect(isBeyond({ ...bare, value: 0.41 }, handled.reviewed)).toBe(true);
  expect(isBeyond({ ...bare, value: 0.4 }, handled.reviewed)).toBe(false);
  expect(isBeyond({ ...bare, value: null }, handled.reviewed)).toBe(false);
  expect(isBeyond({ ...bare, check: 'label_coverage', value: 9 }, handled.reviewed)).toBe(false);
  expect(isBeyond({ ...bare, value: 9 }, undefined)).toBe(false);
});
