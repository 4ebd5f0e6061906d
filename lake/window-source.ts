import type { Located } from '../domain/source.js';
import { perform } from './ask.js';
import type { Duck } from './duck.js';
import { isText } from './window-casts.js';
import { columnsOf, fresh, lacks, reader } from './window-files.js';
import type { Copy } from './window-kept.js';
import type { Made } from './window-readings.js';
import { stage } from './window-stage.js';
import type { TimeSpec } from './window-time.js';

/** Rows as a source delivers them; who opens them removes what was staged. */
export interface Delivered extends Omit<Copy, 'files'>, Made {
  remove: () => Promise<void>;
}

/**
 * A view of the columns as they are delivered, added to `views`; texts are staged first. Throws
 * SourceError for one without the column of event times.
 */
export async function delivered(
  db: Duck,
  { located, time }: { located: Located; time: TimeSpec | null },
  views: string[],
): Promise<Delivered> {
  const base = fresh('files');
  const none = () => Promise.resolve();
  views.push(base);
  const own = { base, texts: false, worded: [], marked: false, unreadable: 0, first: null };
  const make = async (from: string) => {
    await perform(db, `create view ${base} as ${from}`);
    return columnsOf(db, base);
  };
  const paths = located.files.map(({ path }) => path);
  const texts = isText(located.kind);
  if (paths.length > 0 && !texts) {
    const columns = await make(`from ${reader('parquet', paths)}`);
    if (time !== null && !(time.column in columns)) {
      throw lacks(paths[0] ?? located.path, time.column, Object.keys(columns).join(', '));
    }
    // Texts would be read as instants again by every question.
    const isRead = time !== null && time.as !== 'texts';
    if (!isRead || columns[time.column] !== 'VARCHAR') return { ...own, columns, remove: none };
    await perform(db, `drop view ${base}`);
  }
  const staged = paths.length === 0 ? null : await stage(db, located, time);
  if (staged === null) {
    // no file has anything in it: the view has a column of none
    await make('select 0 as nothing where false');
    return { ...own, columns: {}, remove: none };
  }
  const { unreadable, first, remove } = staged;
  try {
    const columns = await make(`from ${reader('parquet', staged.files)}`);
    const worded = texts ? Object.keys(columns) : [];
    return { ...own, columns, texts, worded, unreadable, first, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
