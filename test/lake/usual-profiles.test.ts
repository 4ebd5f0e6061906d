import { expect, test } from 'vitest';
import type { Profile } from '../../domain/profile.js';
import { coarseOnce } from '../../lake/usual-profiles.js';
import { profile, withLake } from '../support/lake.js';

const day = (rows: number): Profile => ({
  ...profile({ start: 0, end: 86_400_000, weekday: 4 }),
  rows,
  columns: {
    x: { by: { bin: Int32Array.of(-2, 0, 7) }, sums: { n: Float64Array.of(1, rows, 0.5) } },
    c: { by: { value: ['b', 'a', 'b'] }, sums: { n: Float64Array.of(2, 3, 4) } },
  },
  outcomes: {
    by: { score: Int32Array.of(1, 2, 3, 4), label: ['', '', '', '1'] },
    sums: { n: Float64Array.of(1, 2, 3, rows) },
  },
  asked: { rows: { by: {}, sums: { received: Float64Array.of(rows), n: Float64Array.of(1) } } },
});

test('what was made once is read as it was, and not made again', async () => {
  await withLake(async (lake) => {
    const made = [day(5), { ...day(8), outcomes: null }, { ...day(9), slice: { country: 'FR' } }];
    const first = await coarseOnce(lake.store, 'usual/m/p.json', () => Promise.resolve(made));
    expect(first).toEqual(made);
    const never = () => Promise.reject(new Error('made again'));
    expect(await coarseOnce(lake.store, 'usual/m/p.json', never)).toEqual(made);
  });
});
