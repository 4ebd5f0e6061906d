import type { Monitor } from '../domain/monitor.js';
import type { Grid, Profile } from '../domain/profile.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Instant } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { fingerprint } from '../lake/objects.js';
import { buildReference } from '../lake/reference.js';
import { locate } from '../sources/locate.js';
import type { Deps } from './deps.js';

/** A reference as the lake keeps it: the grid and the profile on it. */
export interface StoredReference {
  grid: Grid;
  profile: Profile;
  /** Path of its rows, for people. */
  path: string;
  rows: number;
}

/** What a reference depends on: other words pin a new one. */
export function referenceSpec(monitor: Monitor): string {
  const { predictions: _, ...columns } = { ...monitor.columns, predictions: null };
  return fingerprint({ drift: monitor.reference.drift, columns, value: monitor.labels?.value });
}

/**
 * The model's active reference: the pinned one while the monitor says the same of it, else the one
 * that the monitor names now, profiled once and kept by its files. null: the monitor has none.
 * A repeat finds the same. Throws SourceError when its files cannot be read.
 */
export async function referenceOf(
  deps: Deps,
  db: Duck,
  input: { monitor: Monitor; head: ModelHead | null; at: Instant },
): Promise<{ pin: ReferencePin; stored: StoredReference } | null> {
  const { monitor, head, at } = input;
  const spec = referenceSpec(monitor);
  const pin = head?.reference;
  if (pin?.spec === spec) {
    return {
      pin,
      stored: await deps.lake.getObject<StoredReference>('reference', pin.fingerprint),
    };
  }
  if (monitor.reference.drift === null) return null;
  const { from, trainedUntil } = monitor.reference.drift;
  const located = await locate(from, { span: null, timezone: monitor.windows.timezone });
  const known = `references/by-source/${fingerprint({ spec, files: located.files })}.json`;
  const cached = await deps.lake.store.get(known);
  const version = null;
  if (cached !== null) {
    const { reference } = JSON.parse(new TextDecoder().decode(cached.body)) as {
      reference: string;
    };
    const stored = await deps.lake.getObject<StoredReference>('reference', reference);
    return { pin: { fingerprint: reference, spec, version, trainedUntil, since: at }, stored };
  }
  const built = await buildReference(db, { monitor, located, grid: null });
  const stored = {
    grid: built.grid,
    profile: built.profile,
    path: from.path,
    rows: built.profile.rows,
  };
  const reference = await deps.lake.putObject('reference', stored);
  await deps.lake.store.putIfAbsent(known, new TextEncoder().encode(JSON.stringify({ reference })));
  return { pin: { fingerprint: reference, spec, version, trainedUntil, since: at }, stored };
}
