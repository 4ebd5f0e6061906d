import { isJudged, type Finding, type Verdict } from '../domain/finding.js';
import { anythingFailed, anythingJudged } from '../domain/judging/judge.js';
import type { Bin } from '../domain/judging/bins.js';
import { percent } from '../domain/judging/figures.js';
import type { Axis } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import { compareTables, type ComparedTables } from '../lake/compare.js';
import type { ComparedPart } from '../lake/compare-parts.js';
import { filesOf, requireColumns, withScratch } from './compare-input.js';
import type { Measured } from './compare-judge.js';
import { compareMonitor } from './compare-monitor.js';

export interface CompareInput {
  /** Path or pattern of the rows to compare with, or a window as `churn@2026-11-22`. */
  reference: string;
  current: string;
  /** null: every column of both. */
  columns: readonly string[] | null;
  /** Columns whose values part the rows. */
  segments: readonly string[];
  /** Checks to judge and show; null: the usual ones are judged, all others shown. */
  checks: readonly string[] | null;
  binning: 'grid' | 'exact';
  duck: { threads: number; memoryLimitMb: number };
}

/** One column of the comparison, with what was found of it. */
export interface ComparedColumn {
  column: string;
  axis: Axis;
  /** The worst of its judged findings. */
  verdict: Verdict;
  /** Of all rows; those of parts of the rows are in `Compared.findings` alone. */
  findings: readonly Finding[];
  /** All rows in coarse bins; [] where they are in none. */
  bins: readonly Bin[];
}

/** A column that was not compared as others are, and why in words. */
export interface NotCompared {
  column: string;
  why: string;
}

/** Two tables compared: nothing of it is written anywhere. */
export interface Compared {
  input: CompareInput;
  tables: ComparedTables;
  /** All rows. */
  whole: ComparedPart;
  /** The largest change first. */
  columns: readonly ComparedColumn[];
  findings: readonly Finding[];
  onlyIn: { reference: readonly string[]; current: readonly string[] };
  /** Columns that were not compared, with the reason in words. */
  leftOut: readonly NotCompared[];
  /** Columns of which only the type and what is missing was compared, with the reason in words. */
  unmeasured: readonly NotCompared[];
  counts: Record<Verdict, number>;
}

/**
 * Compares two files, or patterns of files, column by column; no monitor, lake or server is needed.
 * UsageError for a path, column or check that is not there; SourceError for what cannot be read.
 */
export async function compareFiles(input: CompareInput): Promise<Compared> {
  if (input.checks !== null) (await judging()).requireChecks(input.checks);
  const [reference, current] = [await filesOf(input.reference), await filesOf(input.current)];
  const { columns, segments, binning } = input;
  const monitor = compareMonitor({ columns, checks: [], all: [] });
  // The checks are loaded while the rows are counted: that saves a sixth of the time.
  const loaded = judging();
  const measured: Measured[] = [];
  const request = { monitor, reference, current, segments, binning };
  const tables = await withScratch(input, (db) =>
    compareTables(db, request, async (some) => {
      const names = comparedNames(some, leftOutOf(input, some));
      const { measuredOf } = await loaded;
      measured.push(await measuredOf(input, { tables: some, names }));
    }),
  );
  requireColumns(input.columns ?? [], { path: input.reference, tables });
  const judge = await loaded;
  return comparedOf(input, { tables, measured, judge, leftOut: leftOutOf(input, tables) });
}

const judging = () => import('./compare-judge.js');

/** What was measured of two tables, and how to judge it. */
export interface Counted extends Pick<Compared, 'tables' | 'leftOut'> {
  measured: readonly Measured[];
  judge: Pick<Awaited<ReturnType<typeof judging>>, 'judgedOf' | 'unreadableOf'>;
}

/** The columns that are compared. */
function comparedNames({ grid }: ComparedTables, leftOut: Compared['leftOut']): string[] {
  const skipped = new Set(leftOut.map(({ column }) => column));
  return Object.keys(grid.axes).filter((column) => !skipped.has(column));
}

/** Judges what was measured, column by column and part by part. */
export function comparedOf(
  input: CompareInput,
  { tables, measured, leftOut, judge }: Counted,
): Compared {
  const names = comparedNames(tables, leftOut);
  const [whole] = tables.parts;
  if (whole === undefined) throw new Error('A comparison has no part at all.');
  const findings = [
    ...judge.unreadableOf(input, tables),
    ...judge.judgedOf(input, { tables, measured, names }),
  ];
  const bins = new Map(measured.flatMap((some) => [...some.bins]));
  const byTarget = new Map(names.map((column) => [column, [] as Finding[]]));
  for (const finding of findings) {
    if (isWhole(finding)) byTarget.get(finding.target)?.push(finding);
  }
  const columns = names.flatMap((column): ComparedColumn[] => {
    const axis = tables.grid.axes[column];
    const own = byTarget.get(column) ?? [];
    return axis === undefined
      ? []
      : [{ column, axis, verdict: worst(own), findings: own, bins: bins.get(column) ?? [] }];
  });
  const { reference, current } = tables.types;
  const counts = { ok: 0, warn: 0, alert: 0, unknown: 0 };
  for (const { verdict } of findings.filter(isJudged)) counts[verdict]++;
  return {
    ...{ input, tables, whole, findings, leftOut, counts },
    columns: columns.sort((a, b) => rank(b) - rank(a) || sizeOf(b) - sizeOf(a)),
    unmeasured: names.flatMap((column) => {
      const why = unmeasuredBy(tables.grid.axes[column]);
      return why === null ? [] : [{ column, why }];
    }),
    onlyIn: {
      reference: Object.keys(reference).filter((column) => !(column in current)),
      current: Object.keys(current).filter((column) => !(column in reference)),
    },
  };
}

const WORST: readonly Verdict[] = ['alert', 'warn', 'unknown', 'ok'];

/** What does not apply says nothing of a column; what could not be judged is never ok. */
function worst(findings: readonly Finding[]): Verdict {
  const told = findings.filter((one) => isJudged(one) && one.reason !== 'not_applicable');
  return WORST.find((verdict) => told.some((one) => one.verdict === verdict)) ?? 'unknown';
}

const rank = ({ verdict }: ComparedColumn): number =>
  verdict === 'alert' ? 2 : verdict === 'warn' ? 1 : 0;

/** PSI where there is one: it is asked of every kind of column. */
function sizeOf({ findings }: ComparedColumn): number {
  const size = (name: string) => findings.find(({ check }) => check === name)?.value ?? null;
  return size('psi') ?? size('total_variation') ?? size('ks') ?? -1;
}

/** Rows at least before a column of nothing but different numbers is taken for an id. */
const ID_ROWS = 50;

function leftOutOf(
  { columns }: CompareInput,
  { grid, types, parts }: ComparedTables,
): Compared['leftOut'] {
  if (columns !== null) return [];
  return Object.keys(types.reference).flatMap((column) => {
    const axis = grid.axes[column];
    if (axis === undefined) return [];
    const isWhole = /INT/.test(axis.type) && axis.of === undefined;
    const isMany = (parts[0]?.reference.rows ?? 0) >= ID_ROWS;
    const ids = isWhole && axis.distinct === 1 && isMany;
    const name = `every value is different, as of an id; --columns ${column} compares it`;
    return ids ? [{ column, why: name }] : [];
  });
}

/** Why values of a column are in no bins; null: they are. */
function unmeasuredBy(axis: Axis | undefined): string | null {
  if (axis?.kind !== 'opaque') return null;
  if (axis.distinct === 0) return `values of type ${axis.type} are not compared`;
  return `${percent(axis.distinct)} of its texts are different, as of ids or free text`;
}

/** 0, 1, 3 or 4, as `check` has them. */
export function compareExitCode(
  { findings, counts }: Compared,
  options: { failOn: 'warn' | 'alert' | 'never'; noData: 'allow' | 'refuse' },
): 0 | 1 | 3 | 4 {
  if (anythingFailed(findings)) return 3;
  if (!anythingJudged(findings)) return options.noData === 'allow' ? 0 : 4;
  const bad = options.failOn === 'warn' ? counts.warn + counts.alert : counts.alert;
  return options.failOn !== 'never' && bad > 0 ? 1 : 0;
}
