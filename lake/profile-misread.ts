import type { ActionColumns } from '../domain/action.js';
import type { Prediction } from '../domain/prediction.js';
import type { Grid } from '../domain/profile.js';
import { ask, type Params } from './ask.js';
import type { Duck } from './duck.js';
import type { Rows } from './window-rows.js';
import { isNumber } from './window-time.js';

/** Rows or values that could not be read; `at`: the first of them, `rows.csv, line 6`. */
export interface Misread {
  column: string;
  reason: string;
  n: number;
  at?: string;
}

/** As what the columns of rows were read. */
export interface Readings {
  prediction: Prediction | null;
  action?: ActionColumns | undefined;
  grid: Grid;
  rows: Pick<Rows, 'types' | 'texts'>;
}

/** Values that are not what they should be, by column, and how many rows have such a one. */
export async function misreadIn(
  db: Duck,
  of: Readings & { view: string },
): Promise<{ columns: Misread[]; rows: number }> {
  const { prediction, grid, rows, view } = of;
  const columns: Misread[] = [];
  const texts: string[] = [];
  const isJudged = (column: string) => column in grid.axes || column === prediction?.threshold;
  const numeric = Object.entries(rows.texts).filter(([column]) => isJudged(column));
  const unparsed = await misreadTexts(db, { view, texts: numeric.map(([, text]) => text) });
  for (const [column, text] of numeric) {
    const n = unparsed.get(text);
    if (n === undefined) continue;
    columns.push({ column, reason: 'unparsed', n });
    texts.push(text);
  }
  const scores: string[] = [];
  for (const column of probabilitiesOf(of)) {
    const n = await numberOf(db, 'window/improbable', { rows: view, column });
    if (n === 0) continue;
    columns.push({ column, reason: 'no_probability', n });
    scores.push(column);
  }
  if (columns.length < 2) return { columns, rows: columns[0]?.n ?? 0 };
  const all = { rows: view, texts, scores };
  return { columns, rows: await numberOf(db, 'window/misread_rows', all) };
}

/** So many columns are looked at in one scan. */
const AT_ONCE = 100;

/** Column of texts → its values that are no number, where there are some. */
async function misreadTexts(
  db: Duck,
  { view, texts }: { view: string; texts: readonly string[] },
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const columns = texts.slice(from, from + AT_ONCE);
    for (const { name, n } of await ask(db, 'window/misread', { rows: view, columns })) {
      found.set(String(name), Number(n));
    }
  }
  return found;
}

async function numberOf(db: Duck, name: string, params: Params): Promise<number> {
  const [row] = await ask(db, name, params);
  return Number(row?.['n'] ?? 0);
}

/** The columns of probabilities that are judged, where the rows have them. */
function probabilitiesOf({ prediction, action, rows: { types } }: Readings): string[] {
  const score = prediction?.kind === 'probability' ? prediction.column : undefined;
  return [score, prediction?.threshold, action?.propensity].filter(
    (column): column is string => typeof column === 'string' && isNumber(types[column] ?? ''),
  );
}
