import { partKey } from '../domain/backtesting/parts.js';
import { NO_VALUE } from '../domain/custom.js';
import type { Counts } from '../domain/profile.js';
import { SourceError, withJoined } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { faultOfAggregate } from './aggregates.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { expressionWords } from './engine-words.js';
import { withLocked } from './lockdown.js';
import { withSource } from './profile-source.js';
import type { ProfileRequest } from './profile-source.js';
import { openReference } from './reference-open.js';
import type { ReferenceRequest } from './reference-open.js';
import { isText } from './window-casts.js';
import { columnsOf, fresh } from './window-files.js';
import { dimensionsOf, withParts } from './window-parts.js';
import type { Parts } from './window-parts.js';
import { tellable } from './window-view.js';

/** What is asked of some rows: aggregates that a user wrote, of all rows and of these parts. */
export interface Customs {
  expressions: readonly string[];
  /** Dimension → its values. */
  values: Readonly<Record<string, readonly string[]>>;
}

/**
 * The answer `custom` of the rows of a window, by expressions that run locked down. One that fails
 * says why for itself alone, and all do where the rows cannot be opened. Reads only.
 */
export async function customOfWindow(
  db: Duck,
  request: ProfileRequest,
  asked: Customs,
): Promise<Counts> {
  const grid = gridFor(request.predictions, request.grid);
  const bare = { ...request, grid, labels: null };
  return locked(db, { located: request.predictions, asked }, (own) =>
    withSource(own, bare, ({ db: inner, window }) =>
      window === null
        ? Promise.resolve(allFailed(asked, 'there is no row'))
        : answers(inner, { view: window.view, monitor: request.monitor, asked }),
    ),
  );
}

/** The same of the rows of a reference. */
export async function customOfReference(
  db: Duck,
  request: ReferenceRequest & Pick<ProfileRequest, 'grid'>,
  asked: Customs,
): Promise<Counts> {
  const { located, monitor } = request;
  const grid = gridFor(located, request.grid);
  return locked(db, { located, asked }, (own) =>
    openReference(own, { ...request, grid }, (inner, { view }) =>
      answers(inner, { view, monitor, asked }),
    ),
  );
}

/** Texts are read as the reference has them; typed files say themselves what they hold. */
const gridFor = (located: Located, grid: ProfileRequest['grid']): ProfileRequest['grid'] =>
  withJoined(located).some(({ kind }) => isText(kind)) ? grid : { id: grid.id, axes: {} };

async function locked(
  db: Duck,
  { located, asked }: { located: Located; asked: Customs },
  run: (db: Duck) => Promise<Counts>,
): Promise<Counts> {
  try {
    return await withLocked(db.options, [located], run);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return allFailed(asked, error.message, PASSES);
  }
}

interface Answer {
  sql: string;
  part: string;
  /** NaN where `why` says so. */
  value: number;
  why: string;
  /** Another try may give a value. */
  passing?: true;
}

async function answers(
  db: Duck,
  { view, monitor, asked }: { view: string; monitor: ProfileRequest['monitor']; asked: Customs },
): Promise<Counts> {
  const { dimensions } = await tellable(db, view, dimensionsOf(monitor));
  const told = dimensions.filter(({ name }) => name in asked.values);
  const columns = Object.keys(await columnsOf(db, view));
  return withParts(
    db,
    { view, dimensions: told, values: asked.values, periods: null },
    async (parts) => {
      const all: Answer[] = [];
      for (const sql of asked.expressions) {
        const fault = await faultOfAggregate(db, sql, columns);
        if (fault === null) all.push(...(await answer(db, { sql, view, parts })));
        else all.push(failed(sql, fault));
      }
      return toCounts(all);
    },
  );
}

async function answer(
  db: Duck,
  { sql, view, parts }: { sql: string; view: string; parts: Parts | null },
): Promise<Answer[]> {
  try {
    const select = (more: string, from: string, rest: string) =>
      `select ${more} as part, (\n${sql}\n)::double as value from ${from} ${rest}`;
    const [whole] = await valuesOf(db, select('0', view, 'having true'));
    const found = [answered(sql, '', whole?.value ?? null)];
    if (parts === null) return found;
    const key = quoteName(SLICE);
    for (const { part, value } of await valuesOf(db, select(key, sliced(parts), `group by ${key}`)))
      found.push(answered(sql, partKey(parts.slices[part]?.slice ?? {}), value));
    return found;
  } catch (error) {
    db.options.signal?.throwIfAborted();
    const seconds = (db.options.limit?.ms ?? 0) / 1000;
    const isLate = error instanceof SourceError;
    const why = isLate ? `it takes longer than ${seconds} s` : expressionWords(error);
    return [{ ...failed(sql, why), ...(isLate || PASSING.test(String(error)) ? PASSES : {}) }];
  }
}

const PASSING = /(Out of Memory|IO) Error/;
const PASSES = { passing: true } as const;

/** Column with the number of a slice. */
const SLICE = 'slice of the rows';

/** SQL: every row once for each slice that it belongs to. */
function sliced({ view, key, count, slicesOf }: Parts): string {
  const pairs = Array.from({ length: count }, (_, part) =>
    slicesOf(part).map((slice) => `(${part}, ${slice})`),
  ).flat();
  const places = `(values ${pairs.join(', ')}) places(part, slice)`;
  const list = `one.*, places.slice as ${quoteName(SLICE)}`;
  return `(select ${list} from ${view} one join ${places} on one.${quoteName(key)} = places.part)`;
}

async function valuesOf(
  db: Duck,
  select: string,
): Promise<{ part: number; value: number | null }[]> {
  const values = fresh('custom');
  await perform(db, `create view ${values} as ${select}`);
  try {
    const found = await ask(db, 'probe/custom', { values });
    return found.map(({ part, value }) => ({
      part: Number(part),
      value: value == null ? null : Number(value),
    }));
  } finally {
    await perform(db, `drop view if exists ${values}`);
  }
}

function answered(sql: string, part: string, value: number | null): Answer {
  if (value === null) return { ...failed(sql, NO_VALUE), part };
  return Number.isFinite(value)
    ? { sql, part, value, why: '' }
    : { ...failed(sql, `it is ${value}`), part };
}

const failed = (sql: string, why: string): Answer => ({ sql, part: '', value: NaN, why });

const allFailed = ({ expressions }: Customs, why: string, more: Partial<Answer> = {}): Counts =>
  toCounts(expressions.map((sql) => ({ ...failed(sql, why), ...more })));

function toCounts(all: readonly Answer[]): Counts {
  return {
    by: {
      sql: all.map(({ sql }) => sql),
      part: all.map(({ part }) => part),
      why: all.map(({ why }) => why),
    },
    sums: {
      n: new Float64Array(all.length).fill(1),
      value: Float64Array.from(all, ({ value }) => value),
      passing: Float64Array.from(all, ({ passing }) => Number(passing ?? false)),
    },
  };
}
