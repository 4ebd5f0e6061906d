import { expect, test } from 'vitest';
import { worstDrawn } from '../../activities/picture.js';
import type { Finding } from '../../domain/finding.js';
import type { Axis, Counts } from '../../domain/profile.js';

const finding = (target: string, value: number, verdict: Finding['verdict'] = 'alert') =>
  ({
    ...{ check: 'psi', target, slice: {}, value, verdict, hard: null },
    limits: { warn: { above: 0.1 }, alert: { above: 0.25 } },
  }) as unknown as Finding;
const axis = { kind: 'categorical' } as unknown as Axis;
const counts = {} as Counts;
const columns = { km: counts, hour: counts, gone: counts };
const of = { axes: { km: axis, hour: axis }, profile: { columns }, reference: { columns } };

test('the worst drifted feature is drawn although the prediction, which has no axis, is worse', () => {
  const findings = [finding('hour', 0.3), finding('prediction', 2), finding('km', 0.9)];
  expect(worstDrawn(findings, of)).toEqual({
    ...{ column: 'km', axis, current: counts, reference: counts },
  });
});

test('a column that one side has no distribution of is passed over', () => {
  const without = { ...of, reference: { columns: { hour: counts } } };
  const findings = [finding('km', 0.9), finding('gone', 0.8), finding('hour', 0.3)];
  expect(worstDrawn(findings, without)?.column).toBe('hour');
});

test('nothing is drawn where no bad finding is about a column with a distribution', () => {
  expect(worstDrawn([finding('prediction', 2), finding('km', 0, 'ok')], of)).toBeNull();
});
