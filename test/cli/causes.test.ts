import { expect, test } from 'vitest';
import { causesText } from '../../cli/causes.js';
import type { Causes } from '../../domain/causes/causes.js';
import { monitorOf } from '../support/monitor-fixture.js';

const part = (value: number, half: number) => ({ value, low: value - half, high: value + half });

const causes = (total: number): Causes => ({
  ...{ moved: [], importance: 'monitor', rows: { reference: 20_000, current: 2_000 } },
  window: { start: 0, end: 86_400_000, weekday: 4 },
  loss: {
    ...{ before: 0.364, now: 0.364 + total, total: part(total, 0.02), mix: part(0, 0.01) },
    ...{ rate: part(total, 0.02), cells: 'score', by: [] },
  } as unknown as Causes['loss'],
  slices: [
    {
      where: { channel: 'app' },
      reference: { n: 4_000, rate: 0.36 },
      current: { n: 400, rate: 0.57 },
      ...{ excess: 0.2, share: 1.2, pValue: 1e-9 },
    },
  ],
  apart: { auc: null } as Causes['apart'],
  timeline: { stages: [], changes: [], windows: 0 },
});

const said = (total: number): string =>
  causesText(causes(total), monitorOf({})).replaceAll(/\n +/g, ' ');

test('a part that fares worse has no share of what is no more than chance in all rows', () => {
  expect(said(0.012)).toContain('no more than chance in all rows together:');
  expect(said(0.012)).toContain('worse in channel = app: 36 % → 57 % From');
  expect(said(0.05)).not.toContain('chance');
  expect(said(0.05)).toContain('worse in channel = app: 36 % → 57 %, all of the added errors From');
});
