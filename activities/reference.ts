import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Grid, Profile } from '../domain/profile.js';
import { SourceError, type Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import type { Binning } from '../lake/profile-columns.js';
import { buildReference, profileReference } from '../lake/reference.js';
import { locate } from '../sources/locate.js';
import type { Deps } from './deps.js';

/** A reference as the lake keeps it: the grid and the profile on it. */
export interface StoredReference {
  grid: Grid;
  profile: Profile;
  /** Path of its rows, for people. */
  path: string;
  /** Where its rows came from, so that `--exact` can read them again. */
  located: Located;
  rows: number;
  /** The reference cut like windows, coarse, oldest first; [] where it is too short for that. */
  periods: readonly Profile[];
}

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
  const { columns, labels, reference } = monitor;
  return fingerprint({ drift: reference.drift, columns, label: labels?.value ?? null });
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
  const { profile } = await profileReference(db, { monitor, located, grid, exact });
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
  const located =
    training === null ? input.predictions : await locate(training.from, { span: null, timezone });
  if (located.files.length === 0 && training !== null) {
    throw new SourceError(located.path, null, 'no such file; expected the rows of the reference');
  }
  const known = `references/by-source/${fingerprint({ spec, files: located.files })}.json`;
  const cached = await deps.lake.store.get(known);
  const reference =
    cached === null
      ? await build(deps, db, { monitor, located, known })
      : (JSON.parse(new TextDecoder().decode(cached.body)) as { reference: string }).reference;
  const trainedUntil = training?.trainedUntil ?? null;
  const made = { fingerprint: reference, spec, version: null, trainedUntil, since: at };
  return { pin: made, stored: await read(deps, reference) };
}

async function build(
  deps: Deps,
  db: Duck,
  from: { monitor: Monitor; located: Located; known: string },
): Promise<string> {
  const { monitor, located, known } = from;
  const { grid, profile } = await buildReference(db, { monitor, located });
  const { path } = located;
  const stored = { grid, profile, path, located, rows: profile.rows, periods: [] };
  const reference = await deps.lake.putObject('reference', stored);
  await deps.lake.store.putIfAbsent(known, JSON.stringify({ reference }));
  return reference;
}

function read(deps: Deps, reference: string): Promise<StoredReference> {
  return deps.lake.getObject<StoredReference>('reference', reference);
}
