import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customOfReference } from '../../lake/custom.js';
import { locate } from '../../sources/locate.js';
import { withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const expressions = ['sum(x)', 'count(*) filter (where x > 3)', 'median(x)'];

test('the order of the rows and how files split them changes no value', () =>
  withLakeAndDuck((_lake, db) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 12 }),
        fc.nat(),
        async (values, cut) => {
          const valuesOf = (files: readonly (readonly number[])[]) =>
            withFolder(async (folder) => {
              for (const [place, some] of files.entries()) {
                const sql = `select unnest([${some.join(', ')}]::bigint[]) as x`;
                await writeRows(db, path.join(folder, `${place}.parquet`), sql);
              }
              const spec = {
                ...{ kind: 'parquet' as const, path: path.join(folder, '*.parquet'), where: null },
              };
              const located = await locate(spec, { span: null, timezone: 'UTC' });
              const request = { monitor: monitorOf({}), located, grid: { id: 'g', axes: {} } };
              const { sums } = await customOfReference(db, request, { expressions, values: {} });
              return [...(sums['value'] ?? [])];
            });
          const at = 1 + (cut % (values.length - 1));
          const back = [...values].reverse();
          const whole = await valuesOf([values]);
          expect(await valuesOf([back.slice(0, at), back.slice(at)])).toEqual(whole);
          const sum = values.reduce((total, x) => total + x, 0);
          expect(whole.slice(0, 2)).toEqual([sum, values.filter((x) => x > 3).length]);
        },
      ),
      { numRuns: 8 },
    ),
  ));
