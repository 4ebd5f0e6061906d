import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Node, ParsedNode, Document } from 'yaml';
import type { Problem } from './problem.js';
import { CIRCLE, faultOfSyntax, faultOfValue, NO_KEY } from './yaml-words.js';

type Path = readonly PropertyKey[];

/** A YAML file as plain values, with the way back to its lines. */
export interface YamlFile {
  /** As it is named in errors. */
  name: string;
  /** null: the file is empty. */
  value: unknown;
  /** Faults of syntax that leave the rest readable: keys that are there twice, tags. */
  faults: readonly Problem[];
  /** True when the file itself says something at this path. */
  has(path: Path): boolean;
  /** Where the value at a path stands, or the nearest thing around it that is there. */
  positionOf(path: Path): { line: number; column: number };
  /** Where the key at a path stands. */
  positionOfKey(path: Path): { line: number; column: number };
}

/** As no key but a plain one is meant; what else there is to say is said by us. */
const OPTIONS = { stringKeys: true, logLevel: 'error', prettyErrors: false } as const;

/**
 * Reads YAML text. Most faults of syntax make hundreds more: of those only the first is told.
 */
export function parseYaml(name: string, text: string): YamlFile | Problem {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problem = (offset: number, message: string): Problem => {
    const path = '';
    return { file: name, ...at(offset), path, message: `not YAML: ${message}`, severity: 'error' };
  };
  const told = (
    fault: Parameters<typeof faultOfSyntax>[0] & { pos: [number, number] },
  ): Problem => {
    const given = text.split(/\r?\n/)[at(fault.pos[0]).line - 1] ?? '';
    const key = keyAt(document, fault.pos[0]);
    return problem(fault.pos[0], faultOfSyntax(fault, given, key));
  };
  const fatal = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (fatal !== undefined) return told(fatal);
  const value = toPlain(document);
  if (value instanceof Error) {
    const { alias, message } = faultOfValue(value);
    const isKey = value.message === NO_KEY;
    return problem(isKey ? offsetOfNoKey(document) : offsetOfAlias(document, alias), message);
  }
  // A document is large, and of most files nobody asks for a place: it is made again for those.
  let again: Document<ParsedNode> | null = null;
  const nodes = () => (again ??= parseDocument(text, OPTIONS));
  return {
    name,
    value,
    faults: [...document.errors, ...document.warnings].map(told),
    has: (path) => nodeAt(nodes(), path) !== null,
    positionOf: (path) => at(offsetOf(nodes(), path)),
    positionOfKey: (path) => at(keyOffsetOf(nodes(), path) ?? offsetOf(nodes(), path)),
  };
}

/** Plain values; an Error for what cannot be walked through safely. */
function toPlain(document: Document): unknown {
  try {
    const value = document.toJS({ maxAliasCount: 100 }) as unknown;
    refuseUnsafe(value, []);
    return value;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Where the alias of a name stands first; of none, the first alias that there is; else 0. */
function offsetOfAlias(document: Document.Parsed, name: string | null): number {
  let offset = 0;
  visit(document, {
    Alias(_, { source, range }) {
      if (name !== null && source !== name) return undefined;
      offset = range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** The key that begins at a place; null: none does. */
function keyAt(document: Document.Parsed, offset: number): string | null {
  let found: string | null = null;
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.range?.[0] !== offset) return undefined;
      found = String(key.value);
      return visit.BREAK;
    },
  });
  return found;
}

/** Where `__proto__` stands as a key first; 0 where an alias of a merge brings it. */
function offsetOfNoKey(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return undefined;
      offset = key.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function refuseUnsafe(value: unknown, above: readonly unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (above.includes(value)) throw new Error(CIRCLE);
  if (Object.hasOwn(value, '__proto__')) throw new Error(NO_KEY);
  for (const own of Object.values(value)) refuseUnsafe(own, [...above, value]);
}

function nodeAt(document: Document<ParsedNode>, path: Path): Node | null {
  const node: unknown = document.getIn(path, true);
  return isScalar(node) || isCollection(node) ? node : null;
}

function offsetOf(document: Document<ParsedNode>, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : nodeAt(document, path.slice(0, depth));
    const offset = node?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return 0;
}

function keyOffsetOf(document: Document<ParsedNode>, path: Path): number | null {
  const parent = path.length === 1 ? document.contents : nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return null;
  const pair = parent.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path.at(-1)),
  );
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? null) : null;
}
