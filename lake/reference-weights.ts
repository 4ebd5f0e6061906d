import { addCounts, poolProfiles } from '../domain/adding.js';
import { byColumn } from '../domain/profile.js';
import type { Counts, Profile } from '../domain/profile.js';
import { SourceError } from '../domain/source.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import type { Rows } from './window-rows.js';

/** So many different weights are counted as they are; more are put together. */
const LEVELS = 16;

/** What was counted of some rows of a reference. */
export interface CountedRows {
  /** Of all of them; `asked` has what is counted by cells. */
  profile: Profile;
  slices: readonly Profile[];
  periods: readonly Profile[];
}

/**
 * Counts each row of a reference by what it weighs: a cell holds c Σw, with c = Σw / Σw² of all
 * rows, so that in all there are (Σw)² / Σw², as many rows of one weight as have the same variance
 * (Kish, 1965). Of more than 16 different weights those alike count by their mean. A row without a
 * weight, or with one that is 0, negative or beyond 1e100, counts nothing: `asked.weights` has how
 * many of the `n` rows are `unweighed`. SourceError where no row has one.
 */
export async function weighRows(
  db: Duck,
  { rows, weight, file }: { rows: Rows; weight: string; file: string },
  count: (rows: Rows) => Promise<CountedRows>,
): Promise<CountedRows> {
  const none = (what: string) => new SourceError(file, weight, `${what} (reference.drift.weight)`);
  if (!(weight in rows.types)) throw none('is missing');
  const levels = await ask(db, 'reference/weights', {
    ...{ rows: rows.view, column: weight, most: LEVELS },
  });
  const sumOf = (name: string) => levels.reduce((sum, one) => sum + Number(one[name]), 0);
  const scale = sumOf('weights') / sumOf('squares');
  const parts: CountedRows[] = [];
  for (const { least, largest, n, weights } of levels) {
    const view = fresh('weighed');
    const within = `${quoteName(weight)}::double between ${Number(least)} and ${Number(largest)}`;
    await perform(db, `create view ${view} as from ${rows.view} where ${within}`);
    try {
      const counted = await count({ ...rows, view });
      parts.push(times((scale * Number(weights)) / Number(n), counted));
    } finally {
      await perform(db, `drop view ${view}`);
    }
  }
  const whole = poolProfiles(parts.map(({ profile }) => profile));
  if (whole === null) throw none('holds no weight above 0');
  const [all] = await ask(db, 'profile/count', { rows: rows.view });
  const n = Number(all?.['rows'] ?? 0);
  const weights = {
    by: {},
    sums: { n: Float64Array.of(n), unweighed: Float64Array.of(n - sumOf('n')) },
  };
  const asked = { ...askedTogether(parts.map(({ profile }) => profile.asked)), weights };
  return {
    profile: { ...whole, asked },
    slices: alikeTogether(parts.flatMap(({ slices }) => slices)),
    periods: alikeTogether(parts.flatMap(({ periods }) => periods)),
  };
}

/** As if each row were so many. */
function times(factor: number, { profile, slices, periods }: CountedRows): CountedRows {
  const scaled = ({ by, sums }: Counts): Counts => ({
    by,
    sums: Object.fromEntries(
      Object.entries(sums).map(([name, sum]) => [name, sum.map((one) => one * factor)]),
    ),
  });
  const each = (all: Readonly<Record<string, Counts>>) =>
    byColumn(Object.entries(all).map(([name, one]) => [name, scaled(one)] as const));
  const ofProfile = (one: Profile): Profile => ({
    ...one,
    rows: one.rows * factor,
    columns: each(one.columns),
    outcomes: one.outcomes === null ? null : scaled(one.outcomes),
    asked: each(one.asked),
  });
  return {
    profile: ofProfile(profile),
    slices: slices.map(ofProfile),
    periods: periods.map(ofProfile),
  };
}

/** Profiles of one slice and window as one each, in the order in which they first come. */
function alikeTogether(profiles: readonly Profile[]): Profile[] {
  const found = new Map<string, Profile[]>();
  for (const one of profiles) {
    const key = JSON.stringify([one.window.start, Object.entries(one.slice).sort()]);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()].flatMap((parts) => poolProfiles(parts) ?? []);
}

/** What is asked of some rows, of all of them. */
function askedTogether(parts: readonly Profile['asked'][]): Profile['asked'] {
  const names = new Set(parts.flatMap((one) => Object.keys(one)));
  const added = [...names].map((name) => {
    const all = parts.flatMap((one) => one[name] ?? []);
    return [name, addCounts(all)] as const;
  });
  return Object.fromEntries(added);
}
