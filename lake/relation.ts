import { perform } from './ask.js';
import type { Duck } from './duck.js';

/** Rows that are to be asked of. */
interface Related {
  name: string;
  /** SQL of the rows. */
  select: string;
  rows: number;
  /** Column → its type. */
  types: Readonly<Record<string, string>>;
}

/** Values that are copied into memory: some MB. */
const FEW_VALUES = 50_000;
/** Types whose values may be of any size, beside texts. */
const LARGE = /BLOB|BIT|JSON|STRUCT|MAP|UNION|\[\d*\]/;

/**
 * Makes a relation that many questions are asked of: of few values a table, for each question of a
 * view opens the files anew, else a view. Returns what it is dropped by, as `table window_3`.
 */
export async function makeRelation(db: Duck, related: Related): Promise<string> {
  const { name, select } = related;
  // A column or expression that cannot be read of all rows must not spoil what can be.
  const isTable = isSmall(related) && (await succeeds(db, `create table ${name} as ${select}`));
  if (!isTable) await perform(db, `create view ${name} as ${select}`);
  return `${isTable ? 'table' : 'view'} ${name}`;
}

function isSmall({ rows, types }: Related): boolean {
  const all = Object.values(types);
  return rows * all.length <= FEW_VALUES && !all.some((type) => LARGE.test(type));
}

const succeeds = (db: Duck, sql: string): Promise<boolean> =>
  perform(db, sql).then(
    () => true,
    () => false,
  );
