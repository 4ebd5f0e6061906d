import type { Monitor } from '../domain/monitor.js';
import { byColumn } from '../domain/profile.js';
import type { Axis, Grid, Slice } from '../domain/profile.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName } from './ask.js';
import { countParts, withOpenParts } from './compare-parts.js';
import type { ComparedPart, Readable, ToPart } from './compare-parts.js';
import type { Duck } from './duck.js';
import { isCountable } from './measured.js';
import { wantsOf } from './profile-columns.js';
import type { Binning } from './profile-columns.js';
import type { Relation } from './profile-projections.js';
import { WIDE } from './profile-wide.js';
import { axesOf } from './reference-axes.js';
import { readTyped } from './window-casts.js';
import { fresh } from './window-files.js';
import { withRows } from './window-rows.js';

/** Two tables to compare, by a monitor that names their columns and nothing else. */
export interface CompareRequest {
  monitor: Monitor;
  reference: Located;
  current: Located;
  /** Columns whose values part the rows. */
  segments: readonly string[];
  binning: Binning;
}

/** Two tables as counts on the grid of the first. */
export interface ComparedTables {
  grid: Grid;
  /** All rows first, then the parts of each segment, the largest ones first. */
  parts: readonly ComparedPart[];
  /** Large parts of the second table that the first has no row of. */
  come: readonly Slice[];
  /** Column → type as delivered, of the first and of the second table. */
  types: { reference: Readonly<Record<string, string>>; current: Readonly<Record<string, string>> };
  /** Lines of text files that could not be read as a row. */
  unreadable: { reference: number; current: number };
}

/** A table of fewer rows is read into memory once: every column asks several questions of it. */
const FEW_ROWS = 200_000;
/** In memory every column takes some, however few its rows; of more, groups are copied. */
const FEW_COLUMNS = 250;

/**
 * Profiles two tables on one grid, which the first one makes. Reads only. Throws SourceError when a
 * file cannot be read, the first has no row, or a column of a segment is on one side only. The
 * counts are told to `look`, which holds no more than a group of columns at a time: those of all
 * columns of a wide table would fill the memory. What is returned has no counts of columns.
 */
export async function compareTables(
  db: Duck,
  request: CompareRequest,
  look: (some: ComparedTables) => Promise<void>,
): Promise<ComparedTables> {
  const { monitor, reference, current, segments, binning } = request;
  const before = { located: reference, wants: wantsOf(monitor, null), time: null };
  return withRows(db, before, (first) =>
    once(db, first, async (copy) => {
      const watched = await axesOf(db, monitor, copy);
      const axes = Object.assign(watched, presenceOf(monitor, copy, watched));
      const bare = { id: '', axes };
      return readAs(db, { rows: copy, monitor, grid: bare }, async (rows) => {
        const [counted] = await ask(db, 'profile/count', { rows: rows.view });
        if (counted?.['rows'] === 0) {
          throw new SourceError(
            reference.path,
            null,
            'holds no row; expected some to compare with',
          );
        }
        const after = { located: current, wants: wantsOf(monitor, bare), time: null };
        return withRows(db, after, (second) =>
          once(db, second, (other) => {
            const to = {
              axes,
              segments,
              sides: [rows, other],
              from: [reference, current],
            } as const;
            return inPieces(db, { ...to, binning }, async (some) => {
              const compared = {
                ...some,
                types: { reference: first.types, current: second.types },
                unreadable: { reference: first.unreadable, current: second.unreadable },
              };
              await look(compared);
              return compared;
            });
          }),
        );
      });
    }),
  );
}

/** Counts the columns group by group, lets `look` see each, and returns them without counts. */
async function inPieces(
  db: Duck,
  to: ToPart & { binning: Binning },
  look: (some: Pick<ComparedTables, 'grid' | 'parts' | 'come'>) => Promise<ComparedTables>,
): Promise<ComparedTables> {
  const all = Object.entries(to.axes);
  return withOpenParts(db, to, async (parts, come) => {
    const next = async (from: number): Promise<ComparedTables> => {
      const axes = byColumn(all.slice(from, from + WIDE));
      const on = { axes, binning: to.binning, width: all.length };
      const { parts: counted, ...some } = await look({
        ...(await countParts(db, parts, on)),
        come,
      });
      return { ...some, parts: counted.map(withoutColumns) };
    };
    const whole = await next(0);
    const finished = Object.entries(whole.grid.axes);
    for (let from = WIDE; from < all.length; from += WIDE) {
      finished.push(...Object.entries((await next(from)).grid.axes));
    }
    return { ...whole, grid: { ...whole.grid, axes: byColumn(finished) } };
  });
}

const withoutColumns = ({ slice, reference, current }: ComparedPart): ComparedPart => ({
  slice,
  reference: { ...reference, columns: {} },
  current: { ...current, columns: {} },
});

/** Of columns whose values are not counted, as dates and lists, what is there and what is not. */
function presenceOf(
  { columns }: Monitor,
  { types }: Relation,
  watched: Grid['axes'],
): Record<string, Axis> {
  const { include } = columns.features;
  const names = include === '*' ? Object.keys(types) : include;
  const found = names.flatMap((name): [string, Axis][] => {
    const type = types[name];
    if (type === undefined || isCountable(type) || name in watched) return [];
    const bare = { low: 0, inverseWidth: 0, atoms: [], edges: [], min: null, max: null };
    return [[name, { ...bare, kind: 'opaque', known: [], distinct: 0, type }]];
  });
  return byColumn(found);
}

/** Runs with columns read as their axes need them: categories as texts, numbers as numbers. */
async function readAs<T>(
  db: Duck,
  { rows, monitor, grid }: { rows: Readable; monitor: Monitor; grid: Grid },
  use: (rows: Readable) => Promise<T>,
): Promise<T> {
  const { view, types, texts } = rows;
  const wants = wantsOf(monitor, grid);
  const typed = fresh('typed');
  const columns = Object.entries(types).map(([name, type]) => {
    return `${readTyped(name, type, wants[name]).sql} as ${quoteName(name)}`;
  });
  columns.push(...Object.values(texts).map(quoteName));
  await perform(db, `create view ${typed} as select ${columns.join(', ')} from ${view}`);
  try {
    return await use({ view: typed, types, texts });
  } finally {
    await perform(db, `drop view ${typed}`);
  }
}

/** Runs with a copy in memory of rows that are few. */
async function once<T>(
  db: Duck,
  { view, types, texts }: Readable,
  use: (rows: Readable) => Promise<T>,
): Promise<T> {
  const [counted] = await ask(db, 'profile/count', { rows: view });
  const isWide = Object.keys(types).length > FEW_COLUMNS;
  if (isWide || Number(counted?.['rows'] ?? 0) > FEW_ROWS) return use({ view, types, texts });
  const copy = fresh('copy');
  await perform(db, `create table ${copy} as from ${view}`);
  try {
    return await use({ view: copy, types, texts });
  } finally {
    await perform(db, `drop table ${copy}`);
  }
}
