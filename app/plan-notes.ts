import type { SourceSpec } from '../domain/monitor.js';
import { withDuck, type Duck, type DuckOptions } from '../lake/duck.js';
import { columnsIn } from '../lake/source-columns.js';
import { listFiles } from '../sources/locate.js';
import type { LoadedModel } from './load.js';
import { notInReference } from './not-monitored.js';

/**
 * Model → a note on the columns of its newest file that its training file lacks, where there are
 * some. Reads heads and footers; files that are not there or cannot be read say nothing.
 */
export async function planNotes(
  options: DuckOptions,
  models: readonly LoadedModel[],
): Promise<ReadonlyMap<string, string>> {
  return withDuck(options, async (db) => {
    const notes = new Map<string, string>();
    for (const { id, published } of models) {
      const { monitor } = published;
      const { drift } = monitor.reference;
      if (drift?.kind !== 'training') continue;
      const { timezone } = monitor.windows;
      const here = await newestColumns(db, monitor.predictions, timezone);
      const there = await newestColumns(db, drift.from, timezone);
      if (here === null || there === null) continue;
      const note = notInReference(monitor, here, there);
      if (note !== null) notes.set(id, note);
    }
    return notes;
  });
}

async function newestColumns(
  db: Duck,
  source: SourceSpec,
  timezone: string,
): Promise<string[] | null> {
  const newest = (await listFiles(source, { span: null, timezone })).slice(-1);
  return newest.length === 0 ? null : columnsIn(db, source.kind, newest);
}
