import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { sureFault } from './engine-words.js';
import { functionsIn, isNode, nodesIn, parsed, shapeWithout } from './sql-tree.js';

/** Parts of an expression that lead beyond one value of the rows at hand. */
const REFUSED: Readonly<Record<string, string>> = {
  SUBQUERY: 'it has a sub-select',
  WINDOW: 'it has a window function',
  STAR: 'it stands for several columns',
  PARAMETER: 'it has a parameter',
  DEFAULT: 'it has a default',
};

/** Aggregates of whose rows some come first: the same rows in other files give another value. */
const ORDERED =
  /^(any_value|arbitrary|first|last|fill|mode|list|array_agg|string_agg|group_concat|listagg|arg_?(min|max).*|(min|max)_by|histogram.*|approx_(quantile|top_k)|reservoir_quantile)$/;

/** Functions that look like columns. */
const VALUES = /^(current_\w+|localtime(stamp)?|session_user|user)$/i;

/**
 * Why a text is not one SQL aggregate of rows with these columns, in words; null: it is one, as far
 * as names tell. `columns` null: they are not known. Nothing is run.
 */
export async function faultOfAggregate(
  db: Duck,
  text: string,
  columns: readonly string[] | null,
): Promise<string | null> {
  const given = await parsed(db, `select (\n${text}\n) from rows`);
  const plain = await parsed(db, 'select (true) from rows');
  if (given.problem !== null) return given.problem;
  const [root, ...more] = (given.statements[0]?.node?.['select_list'] ?? []) as unknown[];
  const isOne = shapeWithout('select_list', given) === shapeWithout('select_list', plain);
  if (!isOne || more.length > 0) return 'it is more than one expression';
  const fault = faultOfNode(root, columns) ?? (await faultOfFunctions(db, functionsIn(root)));
  if (fault !== null || columns === null) return fault;
  // Values without a type go with everything.
  const row = columns.map((name) => `null as ${quoteName(name)}`).join(', ') || 'null as nothing';
  const bound = `select (\n${text}\n)::double from (select ${row}) having true`;
  return perform(db, `explain ${bound}`).then(() => null, sureFault);
}

function faultOfNode(root: unknown, columns: readonly string[] | null): string | null {
  if (isNode(root) && root['function_name'] === 'row') return 'it is more than one expression';
  for (const node of nodesIn(root)) {
    const fault = REFUSED[String(node['class'])];
    if (fault !== undefined) return fault;
    const [name = '', ...more] = (node['column_names'] ?? []) as string[];
    const isColumn = more.length > 0 || columns?.includes(name) !== false;
    if (!isColumn && VALUES.test(name)) return outsideWords(name);
  }
  return null;
}

const outsideWords = (name: string): string => `${name} does not give one value of the rows alone`;

async function faultOfFunctions(db: Duck, names: readonly string[]): Promise<string | null> {
  // an empty list has no type
  const known = names.length === 0 ? [] : await ask(db, 'probe/functions', { names });
  const gone = names.find((one) => !known.some(({ name }) => name === one) && one !== 'unnest');
  if (gone !== undefined) return `there is no function "${gone}"`;
  const outside = known.find((one) => one['outside'] === true)?.['name'];
  const moves = outside ?? names.find((one) => one === 'unnest');
  if (moves !== undefined) return outsideWords(String(moves));
  const ordered = names.find((one) => ORDERED.test(one));
  if (ordered !== undefined) return `${ordered} hangs on the order of the rows`;
  return known.some((one) => one['aggregate'] === true) ? null : 'it aggregates nothing';
}
