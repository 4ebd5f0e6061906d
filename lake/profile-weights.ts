import type { Monitor } from '../domain/monitor.js';
import { weighing, weighted } from '../domain/weights.js';
import { askColumns, quoteName } from './ask.js';
import type { Duck } from './duck.js';

/** The square of any weight between has digits; smaller ones are 0, larger ones do not count. */
const [LEAST, MOST] = ['1e-100', '1e100'];

/** SQL of sample_weight DOUBLE, null where a row has none that counts; '' without such a column. */
export function weightOf(
  { columns: { weight } }: Monitor,
  types: Readonly<Record<string, string>>,
): string {
  if (weight === undefined) return '';
  if (!(weight in types)) return ', null::double as sample_weight';
  const given = `${quoteName(weight)}::double`;
  const small = `when ${given} >= 0 and ${given} < ${LEAST} then 0`;
  const counts = `when ${given} >= 0 and ${given} <= ${MOST} then ${given}`;
  return `, case ${small} ${counts} end as sample_weight`;
}

/** The name that goes along with a label; '' without such a column. */
export const weightName = ({ columns: { weight } }: Monitor): string =>
  weight === undefined ? '' : ', sample_weight';

/** Column of the answer → sum of the outcomes, as without weights. */
const OF_CLASSES = { unweighed: 'unweighed', n: 'n', squares: 'squares', scores: 'scores' };
const OF_ERRORS = {
  ...{ unweighed: 'unweighed', n: 'n', squares: 'squares', errors: 'errors' },
  ...{ squared_errors: 'squaredErrors', labels: 'labels', squared_labels: 'squaredLabels' },
  ...{ signed: 'signed', signed_squares: 'signedSquares' },
  ...{ fourth_errors: 'fourthErrors', errors_by_square: weighing('errors') },
  squared_errors_by_square: weighing('squaredErrors'),
  fourth_errors_by_square: weighing('fourthErrors'),
  ...{ relative: 'relative', squared_relative: 'squaredRelative' },
};

/** The sums of weights of so many cells, asked in the order of the outcomes; {} without weights. */
export async function sumsOfWeights(
  db: Duck,
  monitor: Monitor,
  { joined, keys, cells }: { joined: { select: string }; keys: readonly string[]; cells: number },
): Promise<Record<string, Float64Array>> {
  if (monitor.columns.weight === undefined) return {};
  const found = await askColumns(db, 'performance/sample_weights', { joined, keys });
  const names = Object.entries(monitor.model.task === 'regression' ? OF_ERRORS : OF_CLASSES);
  const sums = names.map(([column, name]) => {
    const values = Float64Array.from(Array.from(found[column] ?? [], Number));
    if (values.length !== cells) throw new Error(`${values.length} weights of ${cells} cells`);
    return [weighted(name), values] as const;
  });
  return Object.fromEntries(sums);
}
