import { parseInstant } from '../calendar/durations.js';
import { ROW_SOURCE } from '../checks/mixes.js';
import { byColumn } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import { inZone } from '../domain/zone.js';
import type { ComparedTables } from '../lake/compare.js';
import type { ComparedPart } from '../lake/compare-parts.js';
import type { App } from './app.js';
import { checkModel, type Checked } from './check.js';
import { comparedOf, type Compared, type CompareInput } from './compare.js';
import { judgedOf, measuredOf, requireChecks, unreadableOf } from './compare-judge.js';
import { UnavailableError, UsageError } from './errors.js';
import { loadModel, type LoadedModel } from './load.js';

/** One side: a window of a model, as a person names it. */
interface Named {
  /** As it was given, `churn@2026-11-22`. */
  text: string;
  model: string;
  /** The instant at which it ends; its number where windows are cut by rows. */
  ending: string;
}

type Sides<T> = readonly [reference: T, current: T];

/**
 * Compares two windows of one model, `model@<end>` or `model@<number>`, on the model's own grid;
 * parts are those of the monitor's segments that are asked for, and of its sources of rows. Writes
 * nothing but a reusable reference profile.
 * UsageError for a window, column, check or segment that is not there and for exact parts, which
 * are not profiled; UnavailableError where a window cannot be read.
 */
export async function compareWindows(app: App, input: CompareInput): Promise<Compared> {
  requireChecks(input.checks ?? []);
  const [first, second] = [namedBy(input.reference), namedBy(input.current)];
  if (first.model !== second.model) {
    throw new UsageError(
      `${first.text} and ${second.text}: expected two windows of one model, for those share a grid`,
    );
  }
  const model = await loadModel(app, first.model);
  refuseParts(input, model);
  const before = await look(app, { model, named: first, input });
  const after = await look(app, { model, named: second, input });
  const tables = tablesOf([before, after], input);
  const measured = [await measuredOf(input, { tables, names: Object.keys(tables.grid.axes) })];
  return comparedOf(input, { tables, measured, judge: { judgedOf, unreadableOf }, leftOut: [] });
}

function namedBy(text: string): Named {
  const [, model = '', ending = ''] = /^([^@/]+)@([^@/]+)$/.exec(text) ?? [];
  if (model === '') {
    throw new UsageError(`${text}: expected a window as churn@2026-11-22, like the other side`);
  }
  return { text, model, ending };
}

function refuseParts({ segments, binning }: CompareInput, { published }: LoadedModel): void {
  const known = published.monitor.segments.map(({ name }) => name);
  const wrong = segments.find((name) => !known.includes(name));
  if (wrong !== undefined) {
    const said = known.length === 0 ? 'the monitor has none' : `use ${known.join(', ')}`;
    throw new UsageError(`--segments: "${wrong}" is no segment of the monitor; ${said}`);
  }
  if (binning === 'exact' && segments.length > 0) {
    throw new UsageError('--exact: parts of a window are profiled in bins; leave out --segments');
  }
}

interface Looked {
  checked: Checked;
  profile: Profile;
  named: Named;
}

async function look(
  app: App,
  { model, named, input }: { model: LoadedModel; named: Named; input: CompareInput },
): Promise<Looked> {
  const { windows } = model.published.monitor;
  const { text, ending } = named;
  const isNumbered = windows.rows !== undefined;
  if (isNumbered && !/^\d{1,9}$/.test(ending)) {
    throw new UsageError(`${text}: windows of rows have numbers; expected one as ${model.id}@0`);
  }
  const end = isNumbered ? null : instantOf(named, windows.timezone);
  const which = isNumbered ? { number: Number(ending) } : {};
  const asked = { asOf: end, span: null, exact: input.binning, ...which };
  const checked = await checkModel(app, { model, ...asked });
  if (end !== null && checked.window.end !== end) {
    throw new UsageError(
      `${text}: no window ends there; the last one before it ends at ` +
        inZone(checked.window.end, windows.timezone),
    );
  }
  const { profile, error } = checked.evaluated.evaluation;
  if (profile === null || error !== null) {
    throw new UnavailableError(`${text}: ${error ?? 'was not evaluated'}`);
  }
  return { checked, profile, named };
}

function instantOf({ text, ending }: Named, timezone: string): number {
  try {
    return parseInstant(ending, timezone);
  } catch (error) {
    throw new UsageError(`${text}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Both windows as if they were tables that were counted on one grid. */
function tablesOf(sides: Sides<Looked>, { columns, segments }: CompareInput): ComparedTables {
  const [before, after] = sides;
  const grid = before.checked.evaluated.reference?.grid;
  if (grid?.id !== after.profile.grid || before.profile.grid !== after.profile.grid) {
    throw new UsageError(
      `${before.named.text} and ${after.named.text} are on different grids: ` +
        'give the monitor a reference of its own, or apply it',
    );
  }
  if (before.profile.rows === 0) {
    throw new UnavailableError(`${before.named.text}: holds no row; expected some to compare with`);
  }
  const wrong = columns?.find((column) => !(column in grid.axes));
  if (wrong !== undefined) {
    const known = Object.keys(grid.axes).join(', ');
    throw new UsageError(`--columns "${wrong}": the monitor watches ${known}`);
  }
  const axes = Object.entries(grid.axes).filter(([name]) => columns?.includes(name) ?? true);
  return {
    grid: { ...grid, axes: byColumn(axes) },
    parts: [partOf(before.profile, after.profile), ...slicesOf(sides, segments)],
    come: [],
    types: { reference: before.profile.types, current: after.profile.types },
    unreadable: { reference: 0, current: 0 },
  };
}

const partOf = (reference: Profile, current: Profile): ComparedPart => {
  return { slice: current.slice, reference, current };
};

/** The slices of these segments, and of sources of rows, that both windows have, in their order. */
function slicesOf([before, after]: Sides<Looked>, segments: readonly string[]): ComparedPart[] {
  const known = new Map(
    before.checked.evaluated.evaluation.slices.map((one) => [JSON.stringify(one.slice), one]),
  );
  return after.checked.evaluated.evaluation.slices.flatMap((current) => {
    const names = Object.keys(current.slice);
    const reference = known.get(JSON.stringify(current.slice));
    const isAsked = names.every((name) => segments.includes(name) || name === ROW_SOURCE);
    return isAsked && reference !== undefined ? [partOf(reference, current)] : [];
  });
}
