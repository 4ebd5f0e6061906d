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
  /** All columns are texts, staged as such. */
  texts: boolean;
  /** Columns of a typed source whose texts are read like those of a text file: they were JSON. */
  worded: readonly string[];
  /** The view has the column `BARE`, too. */
  marked: boolean;
}

interface Delivered extends Omit<Made, 'marked'> {
  /** The others are as in RowsSpec. */
  wants: Readonly<Record<string, Want>>;
  time: TimeSpec | null;
  span: { start: Instant; end: Instant } | undefined;
  only: readonly string[] | undefined;
}

/** How the columns are read: typed ones as they are, texts as what most of them can be read as. */
export async function readingsOf(
  db: Duck,
  { columns, base, texts, worded, wants, time, span, only }: Delivered,
): Promise<[string, Reading][]> {
  const asked = Object.entries(columns).filter(([name]) => only?.includes(name) ?? true);
  const isWorded = (name: string, type: string) =>
    (texts || worded.includes(name)) && type === 'VARCHAR' && name !== time?.column;
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
  { base, names, time, span }: Pick<Delivered, 'base' | 'time' | 'span'> & { names: string[] },
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

function within(time: Delivered['time'], span: Delivered['span']): string {
  if (time === null || span === undefined) return '';
  const at = quoteName(time.column);
  const instant = (ms: number) => `timestamptz '${new Date(ms).toISOString()}'`;
  return ` where ${at} >= ${instant(span.start)} and ${at} < ${instant(span.end)}`;
}
