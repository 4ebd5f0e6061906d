import { ask } from './ask.js';
import type { Duck } from './duck.js';

/** An SQL text as a tree. */
export interface Parsed {
  statements: readonly { node?: Record<string, unknown> }[];
  /** Why it is none, in words; null: it is. */
  problem: string | null;
}

/** Parses an SQL text; nothing is run. */
export async function parsed(db: Duck, sql: string): Promise<Parsed> {
  const [row] = await ask(db, 'window/parse', { sql });
  const tree = JSON.parse(String(row?.['tree'])) as {
    error: boolean;
    error_message?: string;
    statements?: Parsed['statements'];
  };
  if (!tree.error) return { statements: tree.statements ?? [], problem: null };
  const said = tree.error_message ?? 'it cannot be parsed';
  return { statements: [], problem: said.replace(/^Parser Error: /, '') };
}

/** The statement around an expression, as text: all of it but the clause that the expression is. */
export function shapeWithout(clause: string, { statements }: Parsed): string {
  const shapes = statements.map(({ node }) => ({ ...node, [clause]: null }));
  return JSON.stringify(shapes, (key, value: unknown) => (key === 'query_location' ? null : value));
}

/** Names of the functions of a tree, in lower case, each once. */
export const functionsIn = (root: unknown): string[] => [
  ...new Set(
    [...nodesIn(root)].flatMap((node) =>
      node['class'] === 'FUNCTION' ? [String(node['function_name']).toLowerCase()] : [],
    ),
  ),
];

/** A part of a tree: it may have a class. */
export const isNode = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every part of a tree that has a class, the outer ones first. */
export function* nodesIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value) && 'class' in value) yield value;
  for (const one of Object.values(value)) yield* nodesIn(one);
}
