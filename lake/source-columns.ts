import type { FileKind } from '../domain/source-spec.js';
import { SourceError } from '../domain/source.js';
import { ask, perform } from './ask.js';
import type { Duck } from './duck.js';
import { damageWords } from './engine-words.js';
import { columnsOf, fresh, reader, refuseTwins } from './window-files.js';

/** Lines of a file of JSON Lines that are looked at. */
const MOST_LINES = 1_000;

/**
 * The columns of a file, from its footer, head or first lines: no row is counted. Throws
 * SourceError when it cannot be read.
 */
export async function columnsIn(db: Duck, kind: FileKind, path: string): Promise<string[]> {
  const view = fresh('head');
  const lines = kind === 'jsonl' ? ` limit ${MOST_LINES}` : '';
  try {
    await perform(db, `create view ${view} as from ${reader(kind, [path])}${lines}`);
    if (kind !== 'jsonl') return Object.keys(await columnsOf(db, view));
    const keys = await ask(db, 'window/keys', { rows: view });
    const names = keys.flatMap(({ name }) => (name === null ? [] : [String(name)]));
    refuseTwins(path, names);
    return names;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    db.options.signal?.throwIfAborted();
    throw new SourceError(path, null, damageWords(kind, error));
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}
