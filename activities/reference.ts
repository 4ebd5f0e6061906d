import { lastBoundary, nextBoundary, windowsWithin } from '../calendar/windows.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import { referenceWeight } from '../domain/roles.js';
import { filesOf, SourceError, type Located } from '../domain/source.js';
import type { Instant, Window } from '../domain/window.js';
import { holdsNothing } from '../lake/blank.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import type { Binning } from '../lake/profile-columns.js';
import { emptyProfile } from '../lake/profile-source.js';
import { buildReference, NoRowError, profileReference, withEdges } from '../lake/reference.js';
import type { ReferenceRequest } from '../lake/reference-open.js';
import type { Reference } from '../lake/reference.js';
import type { RowsOnly } from '../lake/reference-rows.js';
import { getReference, putReference } from '../lake/reference-store.js';
import type { StoredReference } from '../lake/reference-store.js';
import { nothingAt } from '../sources/files.js';
import { askedOf, locate } from '../sources/locate.js';
import type { Measuring } from './deps.js';
import { keptReference } from './located.js';
import { firstOnly, fixedRows, windowBefore } from './reference-from.js';

/** The active reference, pinned. */
export interface ActiveReference {
  pin: ReferencePin;
  stored: StoredReference;
  /**
   * `window`: the monitor names no reference and the window is the one that later ones are compared
   * with, so that nothing can be compared in it. With 0 rows it becomes the reference of none.
   */
  is: 'apart' | 'window';
}

export interface ReferenceInput {
  monitor: Monitor;
  head: Pick<ModelHead, 'reference'> | null;
  at: Instant;
  /** The files of the window: without a reference of its own, the first window's rows are it. */
  predictions: Located;
  /** The window that is judged; absent: none, then all rows of `predictions` stand in for it. */
  window?: Window;
  exact: Binning;
}

/** What a reference depends on: other words pin a new one. */
export function referenceSpec(monitor: Monitor): string {
  const { predictions, columns, labels, reference, segments, windows } = monitor;
  const { size, timezone, align } = windows;
  const label = labels?.value ?? null;
  const cut = { size, timezone, align };
  const { shape, joins } = predictions;
  return fingerprint({ drift: reference.drift, columns, label, segments, cut, shape, joins });
}

/**
 * The model's active reference: the pinned one while the monitor says the same of it, else the one
 * that the monitor names now, profiled once and kept by its files. A repeat finds the same. Throws
 * SourceError when its files cannot be read or, of a reference with a name, hold no row.
 */
export async function referenceOf(
  deps: Measuring,
  db: Duck,
  input: ReferenceInput,
): Promise<ActiveReference> {
  const found = await onGrid(deps, db, input);
  const active = { ...found, is: isWindow(input, found.stored) ? 'window' : 'apart' } as const;
  if (input.exact === 'grid' || active.stored.rows === 0) return active;
  const { stored, pin } = active;
  const { monitor, exact } = input;
  const { located, grid } = stored;
  const only = stored.only === undefined ? {} : { only: stored.only };
  const request = { monitor, located, grid, exact, ...only, ...weightOf(monitor) };
  const { profile } = await profileReference(db, request);
  return { ...active, pin, stored: { ...stored, profile } };
}

/** Whether the rows of a reference that nobody named are those of the window itself. */
function isWindow({ monitor, window }: ReferenceInput, { only, rows }: StoredReference): boolean {
  if (monitor.reference.drift !== null || window === undefined) return false;
  if (monitor.windows.rows !== undefined) return window.start === 0 && rows <= window.end;
  return rows === 0 || (only?.start === window.start && only.end === window.end);
}

type Pinned = Omit<ActiveReference, 'is'>;

async function onGrid(deps: Measuring, db: Duck, input: ReferenceInput): Promise<Pinned> {
  const { monitor, head, at } = input;
  const spec = referenceSpec(monitor);
  const pin = head?.reference ?? null;
  if (pin !== null && pin.spec === spec) return { pin, stored: await read(deps, pin.fingerprint) };
  const { drift } = monitor.reference;
  const training = drift?.kind === 'training' ? drift : null;
  const fixed = drift === null ? null : fixedRows(monitor, drift);
  const before = fixed === null && drift !== null ? await windowBefore(deps, input) : null;
  const located =
    before?.located ??
    (fixed === null
      ? input.predictions
      : await locate(fixed.from, askedOf(monitor, fixed.only), deps.world));
  if (located.files.length === 0 && fixed !== null) {
    const { path } = located;
    throw new SourceError(path, null, await nothingAt(path, 'the rows of the reference'));
  }
  const only = fixed?.only ?? before?.only ?? firstOnly(input);
  const own = only !== null && fixed === null ? { only } : {};
  const known = `references/by-source/${fingerprint({ spec, ...filesOf(located), ...own })}.json`;
  const cached = await deps.lake.store.get(known);
  const reference =
    cached === null
      ? await build(deps, db, { monitor, located, known, only, named: fixed !== null })
      : (JSON.parse(new TextDecoder().decode(cached.body)) as { reference: string }).reference;
  const trainedUntil = training?.trainedUntil ?? null;
  const made = { fingerprint: reference, spec, version: null, trainedUntil, since: at };
  return { pin: made, stored: await read(deps, reference) };
}

async function build(
  deps: Measuring,
  db: Duck,
  from: {
    monitor: Monitor;
    located: Located;
    known: string;
    only: RowsOnly | null;
    /** The monitor says which rows it is: then there have to be some. */
    named: boolean;
  },
): Promise<string> {
  const { monitor, located, known, only, named } = from;
  const request = {
    ...{ monitor, located, windowsOf: touchedBy(monitor), ...(only && { only }) },
    ...weightOf(monitor),
  };
  const built = await builtOf(db, request, named);
  if (built === null) return putReference(deps.lake, noRows(located));
  const { grid, profile, slices, periods, manifest } = built;
  const kept = await keptReference(deps, located);
  const stored = {
    ...{ grid, profile, path: located.path, located: kept, rows: manifest.rows, slices, periods },
    ...(only && { only }),
  };
  const reference = await putReference(deps.lake, stored);
  await deps.lake.store.putIfAbsent(known, JSON.stringify({ reference }));
  return reference;
}

/** What the rows of the drift reference weigh, as a request takes it. */
export function weightOf(monitor: Monitor): { weight?: string } {
  const weight = referenceWeight(monitor);
  return weight === undefined ? {} : { weight };
}

/** null: there is no row, and nobody said that there has to be one. */
async function builtOf(
  db: Duck,
  request: ReferenceRequest,
  named: boolean,
): Promise<Reference | null> {
  if (!named && (await holdsNothing(request.located))) return null;
  try {
    return await buildReference(db, request);
  } catch (error) {
    if (named || !(error instanceof NoRowError)) throw error;
    return null;
  }
}

/** A reference without a row and a column, kept by no files: the next window looks again. */
function noRows(located: Located): StoredReference {
  const grid = withEdges({}, {});
  const window = { start: 0, end: 0, weekday: 4 };
  const profile = emptyProfile({ grid, window });
  return { grid, profile, path: located.path, located, rows: 0, slices: [], periods: [] };
}

const read = ({ lake }: Measuring, reference: string): Promise<StoredReference> =>
  getReference(lake, reference);

/** The windows of a monitor that a span of time touches; windows of rows touch none. */
export function touchedBy({ windows }: Monitor): (start: Instant, end: Instant) => Window[] {
  return (start, end) =>
    windows.rows === undefined
      ? windowsWithin(windows, lastBoundary(windows, start), nextBoundary(windows, end - 1))
      : [];
}
