import type { SourceSpec } from '../domain/monitor.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { columnsOf, fresh, reader } from './window-files.js';

/** Lines of a file of JSON Lines that are looked at. */
const MOST_LINES = 1_000;

/**
 * The columns that any of these files has, from their footers, heads and first lines: no row is
 * counted. Files that cannot be read are left out; null: none can be.
 */
export async function columnsIn(
  db: Duck,
  kind: SourceSpec['kind'],
  paths: readonly string[],
): Promise<string[] | null> {
  const found = new Set<string>();
  let read = 0;
  for (const path of paths) {
    const names = await namesIn(db, kind, path).catch(() => null);
    if (names === null) continue;
    read++;
    for (const name of names) found.add(name);
  }
  return read === 0 ? null : [...found];
}

/** The first texts of a column of a file, at most 1,000; null: it cannot be read or lacks it. */
export async function firstTexts(
  db: Duck,
  { kind, path, column }: { kind: SourceSpec['kind']; path: string; column: string },
): Promise<string[] | null> {
  const view = fresh('first');
  const pointer = `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const value =
    kind === 'jsonl' ? `json_extract_string(json, ${quoteText(pointer)})` : quoteName(column);
  try {
    await perform(
      db,
      `create view ${view} as select ${value} as value from ${reader(kind, [path])}`,
    );
    const found = await ask(db, 'probe/first', { rows: view });
    return found.map((row) => String(row['value']));
  } catch {
    return null;
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}

async function namesIn(db: Duck, kind: SourceSpec['kind'], path: string): Promise<string[]> {
  const view = fresh('head');
  const lines = kind === 'jsonl' ? ` limit ${MOST_LINES}` : '';
  await perform(db, `create view ${view} as from ${reader(kind, [path])}${lines}`);
  try {
    if (kind !== 'jsonl') return Object.keys(await columnsOf(db, view));
    const keys = await ask(db, 'window/keys', { rows: view });
    return keys.flatMap(({ name }) => (name === null ? [] : [String(name)]));
  } finally {
    await perform(db, `drop view ${view}`);
  }
}
