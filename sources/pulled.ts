import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ManifestFile } from '../domain/run.js';
import type { Landing, Located, Tables } from '../domain/source.js';
import type { SourceSpec } from '../domain/source-spec.js';
import type { Instant } from '../domain/window.js';
import { folderOf, keptSlice, readSlice, sweepCopies } from './copies.js';
import { sliceName, slicesOf, type SliceSpan } from './slices.js';
import type { Asked, World } from './source.js';

interface Pulling {
  spec: SourceSpec;
  asked: Asked;
  world: World;
  /** Rows come up to so long after their event time. */
  overlap: number;
  /** Rows have an event time to cut by; else every pull is of all of them. */
  isTimed: boolean;
}

/** Pulls one slice into a folder, unless a copy of it is new enough. */
type Pull = (
  slice: SliceSpan | null,
  write: (tables: Tables, folder: string) => Promise<readonly Landing[]>,
) => Promise<void>;

/**
 * Rows of a query as Parquet files, a slice of time after another. A slice that was pulled once its
 * end and the overlap were past is final; another is pulled again, unless that was done since
 * `knownAt`. `run` gets the slices that have to be pulled, and is not called when none has.
 */
export async function locateSlices(
  { spec, asked, world, overlap, isTimed }: Pulling,
  run: (slices: readonly (SliceSpan | null)[], pull: Pull) => Promise<void>,
): Promise<Located> {
  const now = world.clock();
  const folder = folderOf(world.folder, spec);
  const span = isTimed ? asked.span : null;
  const slices = span === null ? [null] : slicesOf(span, now);
  const wanted = (slice: SliceSpan | null) => ({
    folder: path.join(folder, sliceName(slice)),
    now,
    isEnough: (pulledAt: Instant) =>
      pulledAt >= (asked.knownAt ?? now) || (slice !== null && pulledAt >= slice.end + overlap),
  });
  const found = new Map<SliceSpan | null, readonly ManifestFile[]>();
  for (const slice of slices) {
    const known = await readSlice(wanted(slice));
    if (known !== null) found.set(slice, known);
  }
  const missing = slices.filter((slice) => !found.has(slice));
  if (missing.length > 0) {
    await mkdir(folder, { recursive: true });
    await world.withTables(
      (tables) =>
        run(missing, async (slice, write) => {
          const pull = (empty: string) => write(tables, empty);
          found.set(slice, await keptSlice({ ...wanted(slice), pull }));
        }),
      asked.signal,
    );
    await sweepCopies(world.folder);
  }
  const files = slices.flatMap((slice) => found.get(slice) ?? []);
  const { path: told, where } = spec;
  return { kind: 'parquet', path: told, where, files, origin: 'pulled' };
}
