import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Node, ParsedNode, Document } from 'yaml';
import type { Problem } from './problem.js';
import { faultOfSyntax } from './yaml-words.js';

type Path = readonly PropertyKey[];

/** A YAML file as plain values, with the way back to its lines. */
export interface YamlFile {
  /** As it is named in errors. */
  name: string;
  value: unknown;
  /** True when the file itself says something at this path. */
  has(path: Path): boolean;
  /** Where the value at a path stands, or the nearest thing around it that is there. */
  positionOf(path: Path): { line: number; column: number };
  /** Where the key at a path stands. */
  positionOfKey(path: Path): { line: number; column: number };
}

/** Reads YAML text. One fault of syntax makes hundreds more: only the first is told. */
export function parseYaml(name: string, text: string): YamlFile | Problem {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [fault] = document.errors;
  if (fault !== undefined) {
    const place = at(fault.pos[0]);
    const got = text.split(/\r?\n/)[place.line - 1] ?? '';
    const message = `not YAML: ${faultOfSyntax(fault, got)}`;
    return { file: name, ...place, path: '', message, severity: 'error' };
  }
  const value = toPlain(document);
  if (value instanceof Error) {
    const alias = /^Unresolved alias .*: (.*)$/.exec(value.message)?.[1];
    const place = at(alias === undefined ? 0 : Math.max(0, text.indexOf(`*${alias}`)));
    const what =
      alias === undefined
        ? value.message
        : `a * begins a reference, to nothing here: expected quotes around it, as "*${alias}"`;
    const message = `not YAML: ${what}`;
    return { file: name, ...place, path: '', message, severity: 'error' };
  }
  // A document is large, and of most files nobody asks for a place: it is made again for those.
  let again: Document<ParsedNode> | null = null;
  const nodes = () => (again ??= parseDocument(text));
  return {
    name,
    value,
    has: (path) => nodeAt(nodes(), path) !== null,
    positionOf: (path) => at(offsetOf(nodes(), path)),
    positionOfKey: (path) => at(keyOffsetOf(nodes(), path) ?? offsetOf(nodes(), path)),
  };
}

/** Plain values; an Error for aliases that multiply without end. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
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
