import { isDue } from '../checks/questions.js';
import { askedOfPart } from '../domain/custom.js';
import type { Monitor } from '../domain/monitor.js';
import { total, valuesOf } from '../domain/profile.js';
import type { Counts, Grid, Profile } from '../domain/profile.js';
import type { Located } from '../domain/source.js';
import type { Window } from '../domain/window.js';
import { customOfReference, customOfWindow } from '../lake/custom.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint, pack, unpack } from '../lake/objects.js';
import type { ProfileRequest } from '../lake/profile.js';
import type { RowsOnly } from '../lake/reference-rows.js';
import { getJson } from '../lake/store.js';
import type { Measuring } from './deps.js';
import type { ProfiledAnew } from './evaluate-labels.js';
import { referenceOf, type ActiveReference, type ReferenceInput } from './reference.js';

/** The expressions of a monitor that look at a window; of a reference, all of them. */
function expressionsOf({ checks }: Monitor, window: Window | null): string[] {
  const due = checks.filter((spec) => window === null || isDue(spec, window));
  return [...new Set(due.flatMap(({ params: { sql } }) => (typeof sql === 'string' ? [sql] : [])))];
}

/**
 * Adds the answer `custom` to a profile and its parts: what the monitor's own SQL comes to. Reads
 * only. A profile whose columns stay as an older evaluation has them keeps the older answer.
 */
export async function withCustom(
  db: Duck,
  profiled: ProfiledAnew,
  request: ProfileRequest,
): Promise<ProfiledAnew> {
  const { monitor, window } = request;
  const expressions = expressionsOf(monitor, window);
  const isAsked = expressions.length > 0 && profiled.profile.rows > 0;
  if (!isAsked || profiled.profileFile !== null) return profiled;
  const values = valuesOf(profiled.slices.map(({ slice }) => slice));
  const custom = await customOfWindow(db, request, { expressions, values });
  const { profile, slices, stored } = profiled;
  const add = (one: Profile): Profile => ({ ...one, asked: { ...one.asked, custom } });
  return {
    ...profiled,
    profile: add(profile),
    stored: add(stored),
    slices: parted(slices, custom),
  };
}

const parted = (slices: readonly Profile[], custom: Counts): Profile[] =>
  slices.map((one) => ({ ...one, asked: { ...one.asked, ...askedOfPart({ custom }, one.slice) } }));

/** Rows of a reference that are others for no window. */
interface Fixed {
  monitor: Monitor;
  located: Located;
  only?: RowsOnly;
  grid: Grid;
}

/**
 * The profiles of a reference, all rows first, with the answer `custom`: asked once of its rows and
 * kept by their files, unless another try may give more.
 */
export async function withCustomOf(
  { lake }: Pick<Measuring, 'lake'>,
  db: Duck,
  { parts, ...rows }: Fixed & { parts: readonly Profile[] },
): Promise<readonly Profile[]> {
  const [whole, ...slices] = parts;
  const expressions = expressionsOf(rows.monitor, null);
  if (whole === undefined || whole.rows === 0 || expressions.length === 0) return parts;
  const values = valuesOf(slices.map(({ slice }) => slice));
  const { segments, columns } = rows.monitor;
  const { files, where } = rows.located;
  const words = { expressions, values, segments, columns, where, only: rows.only ?? null };
  const key = `references/custom/${fingerprint({ words, files })}.json`;
  const known = await getJson<unknown>(lake.store, key);
  const custom =
    known === null
      ? await customOfReference(db, rows, { expressions, values })
      : (unpack(known) as Counts);
  const isLasting = total(custom, 'passing') === 0;
  if (known === null && isLasting) await lake.store.putIfAbsent(key, JSON.stringify(pack(custom)));
  return [{ ...whole, asked: { ...whole.asked, custom } }, ...parted(slices, custom)];
}

/** As `referenceOf`, with that answer. A window that is its own reference is compared with none. */
export async function referenceWithCustom(
  deps: Measuring,
  db: Duck,
  input: ReferenceInput,
): Promise<ActiveReference> {
  const active = await referenceOf(deps, db, input);
  if (active.is === 'window') return active;
  const { stored } = active;
  const { located, grid, only, profile, slices } = stored;
  const rows = { monitor: input.monitor, located, grid, ...(only && { only }) };
  const parts = [profile, ...slices];
  const [whole = profile, ...rest] = await withCustomOf(deps, db, { ...rows, parts });
  return { ...active, stored: { ...stored, profile: whole, slices: rest } };
}
