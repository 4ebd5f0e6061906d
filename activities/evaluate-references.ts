import type { Monitor, ReferenceSource } from '../domain/monitor.js';
import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
import type { Commit } from '../domain/run.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import { profileReference, type OnGrid } from '../lake/reference.js';
import { getReference, putReference } from '../lake/reference-store.js';
import { filesOf, SourceError } from '../domain/source.js';
import { nothingAt } from '../sources/files.js';
import { askedOf, locate } from '../sources/locate.js';
import type { Measuring } from './deps.js';
import type { Which } from './earlier-windows.js';
import { withCustomOf } from './evaluate-custom.js';
import { windowParts } from './moving-reference.js';
import { type ActiveReference } from './reference.js';
import { fixedRows } from './reference-from.js';

/** What is profiled on the model's grid. */
interface Rows {
  monitor: Monitor;
  reference: ActiveReference;
  exact: 'exact' | 'grid';
}

type Fixed = Rows & { source: ReferenceSource; due?: { knownAt: Instant } };

/** What other references are made from. */
interface From extends Rows {
  due: { window: Window; knownAt: Instant };
  slices: readonly Profile[];
  /** Commits that may measure the window, oldest first. */
  before: readonly Commit[];
  /** As in Evaluate. */
  earlier?: 'profile';
}

/** References by slice: the one of `reference.drift`, and those with a name. */
export interface References {
  main(slice: Slice): Profile | null;
  named(slice: Slice): Readonly<Record<string, Profile>>;
  /** What people have to know of them; [] when nothing is odd. */
  notes: readonly string[];
}

/**
 * Every reference that the monitor names, on the model's grid. One that is not there yet (no window
 * before, no row of the version) is null or left out: what compares with it is not judged. Those of
 * fixed rows are profiled once and kept by their files.
 */
export async function otherReferences(deps: Measuring, db: Duck, from: From): Promise<References> {
  const { stored } = from.reference;
  const { drift, others } = from.monitor.reference;
  const moves = drift !== null && fixedRows(from.monitor, drift) === null;
  const notes: string[] = [];
  const of = (name: string, source: ReferenceSource): Promise<readonly Profile[]> =>
    partsOf(deps, db, { ...from, source, name, notes });
  const main = moves ? await of('drift', drift) : [stored.profile, ...stored.slices];
  const named: [string, readonly Profile[]][] = [];
  for (const [name, source] of Object.entries(others)) {
    named.push([name, await of(name, source)]);
  }
  return {
    notes,
    main: (slice) => partOf(main, slice),
    named: (slice) =>
      Object.fromEntries(
        named.flatMap(([name, parts]) => {
          const part = partOf(parts, slice);
          return part === null ? [] : [[name, part] as const];
        }),
      ),
  };
}

/**
 * All rows of the files that a numbered window is cut from, profiled once and kept by their files;
 * null: windows are cut by time.
 */
export async function aroundOf(deps: Measuring, db: Duck, from: Rows): Promise<Profile | null> {
  const { predictions, windows } = from.monitor;
  if (windows.rows === undefined) return null;
  const source = { kind: 'training', from: predictions, trainedUntil: null } as const;
  const monitor = { ...from.monitor, labels: null };
  return partOf(await fixedParts(deps, db, { ...from, monitor, source }), {});
}

/** The profile of a slice among profiles, {} for all rows; null: it is not there. */
export const partOf = (parts: readonly Profile[], slice: Slice): Profile | null =>
  parts.find((one) => isSameSlice(one.slice, slice)) ?? null;

async function partsOf(
  deps: Measuring,
  db: Duck,
  from: From & { source: ReferenceSource; name: string; notes: string[] },
): Promise<readonly Profile[]> {
  const { source } = from;
  const moving = (which: Which): Promise<readonly Profile[]> => {
    const profile = ({ start, end }: Window) => {
      const rows = { kind: 'window', start, end } as const;
      return fixedParts(deps, db, { ...from, exact: 'grid', source: rows });
    };
    const { monitor, due, reference, before, earlier, name, notes } = from;
    const { stored } = reference;
    const asked = { monitor, window: due.window, before, which, stored, name, notes };
    return windowParts(deps.lake, asked, earlier === 'profile' ? profile : null);
  };
  switch (source.kind) {
    case 'training':
    case 'window':
    case 'version':
      return fixedParts(deps, db, from);
    case 'previous':
      return moving({ windows: 1, weekday: source.weekday });
    case 'rolling':
      return moving(source);
    case 'segment': {
      const part = partOf(from.slices, { [source.segment]: source.value });
      return part === null ? [] : [{ ...part, slice: {} }];
    }
  }
}

async function fixedParts(deps: Measuring, db: Duck, from: Fixed): Promise<readonly Profile[]> {
  const { monitor, source, due } = from;
  const rows = fixedRows(monitor, source);
  if (rows === null) return [];
  const { only } = rows;
  const asked = { ...askedOf(monitor, only), ...(due && { knownAt: due.knownAt }) };
  const located = await locate(rows.from, asked, deps.world);
  if (located.files.length === 0) {
    const { path } = located;
    throw new SourceError(path, null, await nothingAt(path, 'the rows of a reference'));
  }
  const { grid } = from.reference.stored;
  const weight = source.kind === 'training' ? source.weight : undefined;
  const request = {
    ...{ monitor, located, grid, ...(only && { only }) },
    ...(weight !== undefined && { weight }),
  };
  return withCustomOf(deps, db, {
    ...request,
    parts: await partsOnce(deps, db, { request, from }),
  });
}

/** Profiled once and kept by the files; value by value, each time. */
async function partsOnce(
  deps: Measuring,
  db: Duck,
  {
    request,
    from: { exact, source },
  }: { request: Omit<OnGrid, 'exact'>; from: Pick<Fixed, 'exact' | 'source'> },
): Promise<readonly Profile[]> {
  const { monitor, located, grid, only } = request;
  if (exact === 'exact') return [(await profileReference(db, { ...request, exact })).profile];
  const { columns, segments, labels } = monitor;
  const words = { source, grid: grid.id, columns, segments, label: labels?.value ?? null };
  const known = `references/by-source/${fingerprint({ words, ...filesOf(located) })}.json`;
  const cached = await deps.lake.store.get(known);
  if (cached !== null) {
    const { reference: name } = JSON.parse(new TextDecoder().decode(cached.body)) as {
      reference: string;
    };
    const { profile, slices } = await getReference(deps.lake, name);
    return [profile, ...slices];
  }
  const { profile, slices, manifest } = await profileReference(db, { ...request, exact });
  if (profile.rows === 0) return [];
  const stored = { grid, profile, path: located.path, located, rows: manifest.rows, slices };
  const name = await putReference(deps.lake, { ...stored, ...(only && { only }), periods: [] });
  await deps.lake.store.putIfAbsent(known, JSON.stringify({ reference: name }));
  return [profile, ...slices];
}
