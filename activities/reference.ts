import { lastBoundary, nextBoundary, windowsWithin } from '../calendar/windows.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor, ReferenceSource, SourceSpec } from '../domain/monitor.js';
import { SourceError, type Located } from '../domain/source.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import type { Binning } from '../lake/profile-columns.js';
import { buildReference, profileReference } from '../lake/reference.js';
import type { RowsOnly } from '../lake/reference-rows.js';
import { getReference, putReference } from '../lake/reference-store.js';
import type { StoredReference } from '../lake/reference-store.js';
import { locate } from '../sources/locate.js';
import type { Deps } from './deps.js';

/** The active reference, pinned. */
export interface ActiveReference {
  pin: ReferencePin;
  stored: StoredReference;
}

export interface ReferenceInput {
  monitor: Monitor;
  head: Pick<ModelHead, 'reference'> | null;
  at: Instant;
  /** The files of the window: without a reference of its own, the first window's are it. */
  predictions: Located;
  exact: Binning;
}

/** What a reference depends on: other words pin a new one. */
export function referenceSpec(monitor: Monitor): string {
  const { columns, labels, reference, segments, windows } = monitor;
  const { size, timezone, align } = windows;
  const label = labels?.value ?? null;
  const cut = { size, timezone, align };
  return fingerprint({ drift: reference.drift, columns, label, segments, cut });
}

/**
 * The model's active reference: the pinned one while the monitor says the same of it, else the one
 * that the monitor names now, profiled once and kept by its files. A repeat finds the same. Throws
 * SourceError when its files cannot be read or hold no row.
 */
export async function referenceOf(
  deps: Deps,
  db: Duck,
  input: ReferenceInput,
): Promise<ActiveReference> {
  const active = await onGrid(deps, db, input);
  if (input.exact === 'grid') return active;
  const { stored, pin } = active;
  const { monitor, exact } = input;
  const { located, grid } = stored;
  const only = stored.only === undefined ? {} : { only: stored.only };
  const { profile } = await profileReference(db, { monitor, located, grid, exact, ...only });
  return { pin, stored: { ...stored, profile } };
}

async function onGrid(deps: Deps, db: Duck, input: ReferenceInput): Promise<ActiveReference> {
  const { monitor, head, at } = input;
  const spec = referenceSpec(monitor);
  const pin = head?.reference ?? null;
  if (pin !== null && pin.spec === spec) return { pin, stored: await read(deps, pin.fingerprint) };
  const { drift } = monitor.reference;
  const { timezone } = monitor.windows;
  const training = drift?.kind === 'training' ? drift : null;
  const fixed = drift === null ? null : fixedRows(monitor, drift);
  const located =
    fixed === null ? input.predictions : await locate(fixed.from, { span: fixed.only, timezone });
  if (located.files.length === 0 && fixed !== null) {
    throw new SourceError(located.path, null, 'no such file; expected the rows of the reference');
  }
  const known = `references/by-source/${fingerprint({ spec, files: located.files })}.json`;
  const cached = await deps.lake.store.get(known);
  const reference =
    cached === null
      ? await build(deps, db, { monitor, located, known, only: fixed?.only ?? null })
      : (JSON.parse(new TextDecoder().decode(cached.body)) as { reference: string }).reference;
  const trainedUntil = training?.trainedUntil ?? null;
  const made = { fingerprint: reference, spec, version: null, trainedUntil, since: at };
  return { pin: made, stored: await read(deps, reference) };
}

async function build(
  deps: Deps,
  db: Duck,
  from: { monitor: Monitor; located: Located; known: string; only: RowsOnly | null },
): Promise<string> {
  const { monitor, located, known, only } = from;
  const request = { monitor, located, windowsOf: touchedBy(monitor), ...(only && { only }) };
  const { grid, profile, slices, periods } = await buildReference(db, request);
  const stored = {
    ...{ grid, profile, path: located.path, located, rows: profile.rows, slices, periods },
    ...(only && { only }),
  };
  const reference = await putReference(deps.lake, stored);
  await deps.lake.store.putIfAbsent(known, JSON.stringify({ reference }));
  return reference;
}

const read = ({ lake }: Deps, reference: string): Promise<StoredReference> =>
  getReference(lake, reference);

/** The windows of a monitor that a span of time touches; windows of rows touch none. */
export function touchedBy({ windows }: Monitor): (start: Instant, end: Instant) => Window[] {
  return (start, end) =>
    windows.rows === undefined
      ? windowsWithin(windows, lastBoundary(windows, start), nextBoundary(windows, end - 1))
      : [];
}

/** Where the rows of a reference are that does not move with the window; null: it does. */
export function fixedRows(
  { predictions }: Monitor,
  source: ReferenceSource,
): { from: SourceSpec; only: RowsOnly | null } | null {
  switch (source.kind) {
    case 'training':
      return { from: source.from, only: null };
    case 'window':
      return { from: predictions, only: { start: source.start, end: source.end, version: null } };
    case 'version': {
      const { start, end, version } = source;
      return { from: predictions, only: { start, end, version } };
    }
    case 'rolling':
    case 'previous':
    case 'segment':
      return null;
  }
}
