import { FEWEST_PERIODS } from '../domain/judging/usual.js';
import type { Counts, Profile } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
import type { Evidence, Mix } from '../domain/score.js';

/** The dimension of `columns.row_source`: where a whole row comes from. */
export const ROW_SOURCE = 'row_source';
const VERSION = 'version';
/** Rows of sources that are too few to be a slice of their own. */
const REST = 'smaller ones';

/** The shares of a window's rows that tell how they were collected. */
export function mixesOf(
  evidence: Evidence,
  slices: readonly Evidence[],
): Readonly<Record<string, Mix>> {
  const sources = sourceMix(evidence, slices.filter(isOfSource));
  const versions = versionMix(evidence);
  return {
    ...(sources === null ? {} : { [ROW_SOURCE]: sources }),
    ...(versions === null ? {} : { [VERSION]: versions }),
  };
}

/** A slice by row source alone. */
export function isOfSource({ current: { slice } }: Evidence): boolean {
  return isSource(slice);
}

function isSource(slice: Slice): boolean {
  return Object.keys(slice).length === 1 && ROW_SOURCE in slice;
}

/** What is a slice of the window; everything else is one rest, on all sides. */
function sourceMix(evidence: Evidence, slices: readonly Evidence[]): Mix | null {
  if (slices.length === 0) return null;
  const rowsOf = (whole: Profile, sideOf: (slice: Evidence) => Profile | null | undefined) => {
    const rows = new Map<string, number>();
    for (const slice of slices) {
      const n = sideOf(slice)?.rows ?? 0;
      if (n > 0) rows.set(slice.current.slice[ROW_SOURCE] ?? '', n);
    }
    const rest = whole.rows - [...rows.values()].reduce((sum, n) => sum + n, 0);
    if (rest > 0) rows.set(REST, rest);
    return countsOf(rows);
  };
  const { reference } = evidence;
  return {
    current: rowsOf(evidence.current, ({ current }) => current),
    reference: reference && rowsOf(reference, (slice) => slice.reference),
    periods: evidence.periods.map((period) => ({
      counts: rowsOf(period, ({ periods }) =>
        periods.find(({ window }) => window.end === period.window.end),
      ),
      weekday: period.window.weekday,
    })),
  };
}

function versionMix({ current, reference, periods }: Evidence): Mix | null {
  const versions = ({ outcomes }: Profile): Counts | null => {
    const names = outcomes?.by['version'];
    if (names === undefined || outcomes === null) return null;
    const rows = new Map<string, number>();
    names.forEach((name: string | number, row: number) => {
      const n = outcomes.sums['n']?.[row] ?? 0;
      if (name !== '' && n > 0) rows.set(String(name), (rows.get(String(name)) ?? 0) + n);
    });
    return rows.size === 0 ? null : countsOf(rows);
  };
  const now = versions(current);
  const before = reference && versions(reference);
  if (now === null || (before === null && periods.length < FEWEST_PERIODS)) return null;
  return {
    current: now,
    reference: before,
    periods: periods.flatMap((period) => {
      const counts = versions(period);
      return counts === null ? [] : [{ counts, weekday: period.window.weekday }];
    }),
  };
}

function countsOf(rows: ReadonlyMap<string, number>): Counts {
  return { by: { value: [...rows.keys()] }, sums: { n: Float64Array.from(rows.values()) } };
}
