import type { SourceSpec } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import { withDuck, type Duck, type DuckOptions } from '../lake/duck.js';
import { columnsIn } from '../lake/source-columns.js';
import { askedOf } from '../sources/locate.js';
import type { World } from '../sources/source.js';
import type { LoadedModel } from './load.js';
import { notInReference } from './not-monitored.js';
import { lookerAt, type Seen } from './validate-files.js';

/**
 * Model → a note on the columns of its newest file that its training file lacks, where there are
 * some. Reads heads and footers; files that are not there or cannot be read say nothing.
 */
export async function planNotes(
  options: DuckOptions,
  models: readonly LoadedModel[],
  world: World,
): Promise<ReadonlyMap<string, string>> {
  return withDuck(options, async (db) => {
    const lookAt = lookerAt(db, world);
    const notes = new Map<string, string>();
    for (const { id, published } of models) {
      const { monitor } = published;
      const { drift } = monitor.reference;
      if (drift?.kind !== 'training') continue;
      const asked = askedOf(monitor, null);
      const columnsOf = async (source: SourceSpec) =>
        newestColumns(db, await lookAt(source, asked));
      const here = await columnsOf(monitor.predictions);
      const there = await columnsOf(drift.from);
      if (here === null || there === null) continue;
      const note = notInReference(monitor, here, there);
      if (note !== null) notes.set(id, note);
    }
    return notes;
  });
}

async function newestColumns(db: Duck, seen: Seen): Promise<readonly string[] | null> {
  if (seen.newest === null) return seen.columns;
  return columnsIn(db, seen.newest.kind, seen.newest.path).catch((error: unknown) => {
    if (error instanceof SourceError) return null;
    throw error;
  });
}
