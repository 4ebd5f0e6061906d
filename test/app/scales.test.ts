import path from 'node:path';
import { expect, test } from 'vitest';
import { compareFiles } from '../../app/compare.js';
import type { CompareInput } from '../../app/compare.js';
import { withFolder, writeRows } from '../support/rows.js';

/** The unit of a column is chance: a share of its values' own size, whatever they measure. */
const POWERS = [-60, -40, -30, -21, -10, -1, 1, 10, 21, 40, 60];
const IN_UNITS = new Set(['wasserstein']);

/** Shapes of 3,000 rows before and after, by i; `u` lies evenly over (0, 1) and repeats nothing. */
const u = (step: number) => `((i * ${step} + 0.5) / 3001) % 1`;
const SHAPES = {
  even: [u(0.61803398875), `(${u(0.7548776662)}) ** 2`],
  bell: [`5 + ln(1 / (${u(0.61803398875)}) - 1)`, `5.1 + ln(1 / (${u(0.7548776662)}) - 1)`],
  heavy: [`1 / (${u(0.61803398875)})`, `-1 / (${u(0.7548776662)})`],
  apart: [`-${u(0.61803398875)}`, `-${u(0.61803398875)}`],
} as const;

const scaled = (side: 0 | 1) =>
  Object.entries(SHAPES).flatMap(([name, sides]) =>
    [0, ...POWERS].map(
      (power) => `(${sides[side]})::double * pow(2, ${power}) as "${name} ${power}"`,
    ),
  );

function compared(folder: string, binning: CompareInput['binning']) {
  return compareFiles({
    ...{ reference: path.join(folder, 'a.parquet'), current: path.join(folder, 'b.parquet') },
    ...{ columns: null, segments: [], checks: null, binning },
    duck: { threads: 1, memoryLimitMb: 200 },
  });
}

test.each(['grid', 'exact'] as const)(
  'the unit of a column changes no statistic without a unit, and no verdict: %s',
  async (binning) => {
    await withFolder(async (db, folder) => {
      for (const [side, name] of ['a', 'b'].entries()) {
        const rows = `select ${scaled(side as 0 | 1).join(', ')} from range(3000) t(i)`;
        await writeRows(db, path.join(folder, `${name}.parquet`), rows);
      }
      const { columns } = await compared(folder, binning);
      const of = new Map(columns.map((one) => [one.column, one]));
      for (const shape of Object.keys(SHAPES)) {
        const plain = of.get(`${shape} 0`);
        expect(plain?.findings.length).toBeGreaterThan(10);
        for (const power of POWERS) {
          const other = of.get(`${shape} ${power}`);
          const at = `${shape} at 2^${power}`;
          expect(other?.verdict, at).toBe(plain?.verdict);
          for (const one of other?.findings ?? []) {
            const { check, value, verdict, pValue } = one;
            const same = plain?.findings.find((it) => it.check === check);
            expect(verdict, `${check} of ${at}`).toBe(same?.verdict);
            const unit = IN_UNITS.has(check) ? 2 ** power : 1;
            const expected = (same?.value ?? NaN) * unit;
            const near = Math.abs((value ?? NaN) - expected) <= 1e-9 * Math.abs(expected);
            expect(near || same?.value === value, `${check} of ${at}: ${value}, ${expected}`).toBe(
              true,
            );
            expect(pValue === null, `p of ${check} of ${at}`).toBe(same?.pValue === null);
          }
        }
      }
    });
  },
);
