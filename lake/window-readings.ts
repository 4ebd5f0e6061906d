import type { Instant } from '../domain/window.js';
import { ask, quoteName } from './ask.js';
import type { Row } from './ask.js';
import type { Duck } from './duck.js';
import { readText, readTyped } from './window-casts.js';
import type { Reading, Want } from './window-casts.js';
import type { TimeSpec } from './window-time.js';

/** Rows as a source delivers them, or as they were made of those. */
export interface Made {
  /** A view of the rows. */
  base: string;
  columns: Readonly<Record<string, string>>;
  /** Columns are texts that were staged as such: expressions see all as they are read. */
  texts: boolean;
  /** Columns whose texts are read as what they say: of a text file, or out of JSON. */
  worded: readonly string[];
  /** The view has the column `BARE`, too. */
  marked: boolean;
}

interface Asked extends Omit<Made, 'marked' | 'texts'> {
  /** The others are as in RowsSpec. */
  wants: Readonly<Record<string, Want>>;
  time: TimeSpec | null;
  span: { start: Instant; end: Instant } | undefined;
  only: readonly string[] | undefined;
}

/** How the columns are read: typed ones as they are, texts as what most of them can be read as. */
export async function readingsOf(
  db: Duck,
  { columns, base, worded, wants, time, span, only }: Asked,
): Promise<[string, Reading][]> {
  const asked = Object.entries(columns).filter(([name]) => only?.includes(name) ?? true);
  const words = new Set(worded);
  const isWorded = (name: string, type: string) =>
    words.has(name) && type === 'VARCHAR' && name !== time?.column;
  const names = asked.filter((one) => isWorded(...one)).map(([name]) => name);
  const counts = await textCounts(db, { base, names, time, span });
  return asked.map(([name, type]) => {
    const want = name === time?.column ? undefined : wants[name];
    const isText = isWorded(name, type);
    return [name, isText ? readText(name, counts.get(name), want) : readTyped(name, type, want)];
  });
}

/** So many columns are looked at in one scan. */
const AT_ONCE = 100;

/** Column → what its texts can be read as; without the columns that have no text in the span. */
async function textCounts(
  db: Duck,
  { base, names, time, span }: Pick<Asked, 'base' | 'time' | 'span'> & { names: string[] },
): Promise<Map<string, Row>> {
  if (names.length === 0) return new Map();
  const rows = { select: `from ${base}${within(time, span)}` };
  const found: Row[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const columns = names.slice(from, from + AT_ONCE);
    found.push(...(await ask(db, 'window/text_types', { rows, columns })));
  }
  return new Map(found.map((row) => [String(row['name']), row]));
}

function within(time: Asked['time'], span: Asked['span']): string {
  if (time === null || span === undefined) return '';
  const at = quoteName(time.column);
  const instant = (ms: number) => `timestamptz '${new Date(ms).toISOString()}'`;
  return ` where ${at} >= ${instant(span.start)} and ${at} < ${instant(span.end)}`;
}
