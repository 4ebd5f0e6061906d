import type { SourceSpec } from '../domain/monitor.js';
import type { LoadedModel } from './load.js';
import { notInReference } from './not-monitored.js';
import type { Seen } from './validate-seen.js';

/**
 * Model → a note on the columns of its newest files that its training files lack, where there are
 * some. Files that are not there or cannot be read say nothing.
 */
export async function planNotes(
  models: readonly LoadedModel[],
  look: (model: LoadedModel, source: SourceSpec) => Promise<Pick<Seen, 'columns'>>,
): Promise<ReadonlyMap<string, string>> {
  const notes = new Map<string, string>();
  for (const model of models) {
    const { monitor } = model.published;
    const { drift } = monitor.reference;
    if (drift?.kind !== 'training') continue;
    const here = (await look(model, monitor.predictions)).columns;
    const there = (await look(model, drift.from)).columns;
    if (here === null || there === null) continue;
    const note = notInReference(monitor, here, there);
    if (note !== null) notes.set(model.id, note);
  }
  return notes;
}
