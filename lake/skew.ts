import type { Axis, Counts, Grid } from '../domain/profile.js';
import { isPlain } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { withLocked } from './lockdown.js';
import { countedOf, isCountable, isVector } from './measured.js';
import { wantsOf } from './profile-columns.js';
import { keyOf } from './profile-projections.js';
import type { ProfileRequest } from './profile-source.js';
import { fresh } from './window-files.js';
import { withWindow } from './window-open.js';
import { withRows } from './window-rows.js';
import type { Rows } from './window-rows.js';

/** Numbers differ by more than this share of the offline one, and of the width of a cell. */
const TOLERANCE = { value: 1e-6, cell: 1e-3 };

interface Sides {
  axes: Grid['axes'];
  live: { view: string } & Pick<Rows, 'types'>;
  offline: Pick<Rows, 'view' | 'types'>;
  ids: readonly string[];
  columns: readonly string[];
}

/**
 * Column → rows of a window that were found by their id among the rows that the model learnt from
 * (`n`), and those of them whose value is another one (`mismatched`). An id that is there more than
 * once says nothing of a row. Empty where either side lacks an id column. Reads only; errors as
 * `profileWindow`.
 */
export async function rejoined(
  db: Duck,
  request: ProfileRequest,
  { training, columns }: { training: Located; columns: readonly string[] },
): Promise<Counts> {
  const { predictions } = request;
  const run = (own: Duck) =>
    withSides(own, { request, training, columns }, (sides) => counted(own, sides));
  const plain = isPlain(predictions) && isPlain(training);
  const found = plain ? await run(db) : await withLocked(db.options, [predictions, training], run);
  return (
    found ?? { by: { column: [] }, sums: { n: Float64Array.of(), mismatched: Float64Array.of() } }
  );
}

/** Both sides in one database; null: either has no row, or no id. */
async function withSides<T>(
  db: Duck,
  of: { request: ProfileRequest; training: Located; columns: readonly string[] },
  use: (sides: Sides) => Promise<T>,
): Promise<T | null> {
  const { request, training, columns } = of;
  const { monitor, grid, window, at, knownAt, predictions } = request;
  const { id: ids, timestamp: time } = monitor.columns;
  const wants = wantsOf(monitor, grid);
  const has = ({ types }: Rows) => ids.every((id) => id in types);
  const live = { located: predictions, wants, time, span: window };
  return withRows(db, live, (rows) => {
    if (ids.length === 0 || !has(rows)) return Promise.resolve(null);
    const bounds = { window, latest: Math.max(at, knownAt) };
    const file = predictions.files[0]?.path ?? predictions.path;
    const given = { rows, columns: monitor.columns, bounds, file };
    return withWindow(db, given, ({ view }) =>
      withRows(db, { located: training, wants, time: null }, (offline) => {
        if (!has(offline)) return Promise.resolve(null);
        const both = columns.filter((column) =>
          [rows, offline].every(({ types }) => {
            const type = types[column] ?? '';
            return isCountable(type) || (grid.axes[column]?.of === 'norm' && isVector(type));
          }),
        );
        return use({
          axes: grid.axes,
          live: { view, types: rows.types },
          offline,
          ids,
          columns: both,
        });
      }),
    );
  });
}

async function counted(db: Duck, { axes, live, offline, ids, columns }: Sides): Promise<Counts> {
  const side = ({ view }: { view: string }) => {
    // A text is compared as it is, whatever is counted of it.
    const values = columns.map((column, place) => {
      const isNorm = axes[column]?.of === 'norm';
      return `${isNorm ? countedOf(axes[column], column) : quoteName(column)} as v${place}`;
    });
    return `select ${[`${keyOf(ids)} as key`, ...values].join(', ')} from ${view}`;
  };
  const differs = columns.map((column, place) => {
    const isText =
      axes[column]?.of !== 'norm' &&
      [live, offline].some(({ types }) => /^(VARCHAR|BOOLEAN|ENUM)/.test(types[column] ?? ''));
    return `${isText ? textsDiffer(place) : numbersDiffer(place, axes[column])} as d${place}`;
  });
  const joined = fresh('rejoined');
  await perform(
    db,
    `create view ${joined} as with live as (${side(live)}), offline as (
      select * from (${side(offline)}) semi join live using (key)
      qualify count(*) over (partition by key) = 1)
    select ${[...differs, 'true as both'].join(', ')}
    from live as l join offline as o using (key)`,
  );
  try {
    const [found = {}] = await ask(db, 'probe/skew', { rows: joined });
    const n = Number(found['joined'] ?? 0);
    return {
      by: { column: [...columns] },
      sums: {
        n: new Float64Array(columns.length).fill(n),
        mismatched: Float64Array.from(columns, (_, place) => Number(found[`d${place}`] ?? 0)),
      },
    };
  } finally {
    await perform(db, `drop view ${joined}`);
  }
}

/** Missing on one side only is another value; so is NaN, and an infinity. */
function numbersDiffer(place: number, axis: Axis | undefined): string {
  const [live, offline] = [`l.v${place}::double`, `o.v${place}::double`];
  const width = axis?.inverseWidth ? TOLERANCE.cell / axis.inverseWidth : 0;
  const most = `greatest(${width}, ${TOLERANCE.value} * abs(${offline}))`;
  const apart = `abs(${live} - ${offline}) > ${most}`;
  return `(${live} is distinct from ${offline} and coalesce(${apart}, true))`;
}

const textsDiffer = (place: number): string =>
  `(l.v${place}::varchar is distinct from o.v${place}::varchar)`;
