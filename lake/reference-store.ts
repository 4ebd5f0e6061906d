import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { byColumn } from '../domain/profile.js';
import type { Counts, Grid, Profile } from '../domain/profile.js';
import type { ManifestFile } from '../domain/run.js';
import type { Located } from '../domain/source.js';
import { flatten, unflatten } from './flat.js';
import type { Lake } from './lake.js';
import { fingerprint } from './objects.js';
import type { RowsOnly } from './reference-rows.js';

/** A reference as the lake keeps it: the grid and the profile on it. */
export interface StoredReference {
  grid: Grid;
  profile: Profile;
  /** Path of its rows, for people. */
  path: string;
  /** Where its rows came from, so that `--exact` can read them again. */
  located: Located;
  /** Which of their rows; absent: all. */
  only?: RowsOnly;
  rows: number;
  /** Coarse profiles of its slices. */
  slices: readonly Profile[];
  /**
   * The reference and its slices cut like windows, coarse, oldest first, of outcomes what the model
   * answered; [] where it is too short for that.
   */
  periods: readonly Profile[];
}

/** Profiles of one grid as few tables: thousands of small ones take long to read. */
interface Packed {
  list: readonly Pick<Profile, 'window' | 'slice' | 'rows' | 'newest'>[];
  tables: readonly Counts[];
  outcomes: readonly Counts[];
}

type OnDisk = Omit<StoredReference, 'slices' | 'periods'> & {
  slices?: Packed;
  /** [] of one that an older version kept. */
  periods?: Packed | readonly [];
};

/** Stores a reference under its fingerprint, which is returned. A repeat writes nothing. */
export async function putReference(lake: Lake, stored: StoredReference): Promise<string> {
  const { slices, periods, ...rest } = stored;
  return lake.putObject('reference', { ...rest, slices: packed(slices), periods: packed(periods) });
}

/**
 * Copies the files of a source that lies elsewhere into the lake, `references/rows/…`, so that a
 * reference stays what it was: where they are then. A repeat copies nothing.
 */
export async function putPulled({ store }: Lake, located: Located): Promise<Located> {
  const files: ManifestFile[] = [];
  for (const file of located.files) {
    const name = fingerprint({ path: file.path, footer: file.footer ?? file.modified });
    const key = `references/rows/${name}${path.extname(file.path) || '.rows'}`;
    if ((await store.modified(key)) === null) {
      const own = await store.scratch();
      await copyFile(file.path, own);
      await store.putFileIfAbsent(key, own);
    }
    files.push({ ...file, path: path.resolve(store.location(key)) });
  }
  return { ...located, files };
}

/** The one that was asked for last: the next window is mostly compared with the same. */
const last = new WeakMap<Lake, { fingerprint: string; stored: StoredReference }>();
/** Columns of one that is kept: what is worked out of them is kept with it. */
const MOST_COLUMNS = 1000;

/** The reference of a fingerprint, to be read only; an Error when the lake does not hold it. */
export async function getReference(lake: Lake, fingerprint: string): Promise<StoredReference> {
  const known = last.get(lake);
  if (known?.fingerprint === fingerprint) return known.stored;
  last.delete(lake);
  const stored = await readReference(lake, fingerprint);
  const columns = Object.keys(stored.profile.types).length;
  if (columns <= MOST_COLUMNS) last.set(lake, { fingerprint, stored });
  return stored;
}

async function readReference(lake: Lake, fingerprint: string): Promise<StoredReference> {
  const { slices, periods, ...rest } = await lake.getObject<OnDisk>('reference', fingerprint);
  const { axes } = rest.grid;
  const { types, columns } = rest.profile;
  const grid = { ...rest.grid, axes: byColumn(Object.entries(axes)) };
  const own = {
    types: byColumn(Object.entries(types)),
    columns: byColumn(Object.entries(columns)),
  };
  const profile = { ...rest.profile, ...own };
  return {
    ...rest,
    grid,
    profile,
    slices: unpacked(profile, slices),
    periods: unpacked(profile, periods),
  };
}

function packed(profiles: readonly Profile[]): Packed {
  const outcomes = profiles.map((one): Record<string, Counts> =>
    one.outcomes === null ? {} : { outcomes: one.outcomes },
  );
  return {
    list: profiles.map(({ window, slice, rows, newest }) => ({ window, slice, rows, newest })),
    tables: Object.values(flatten(profiles.map(({ columns }) => columns))),
    outcomes: Object.values(flatten(outcomes)),
  };
}

function unpacked(whole: Profile, stored: Packed | readonly [] | undefined): Profile[] {
  if (stored === undefined || !('list' in stored)) return [];
  const { list, tables, outcomes } = stored;
  const columns = unflatten(tables, list.length);
  const met = unflatten(outcomes, list.length);
  return list.map((one, index) => ({
    ...{ ...whole, ...one, columns: columns[index] ?? {} },
    ...{ outcomes: met[index]?.['outcomes'] ?? null, asked: {} },
  }));
}
