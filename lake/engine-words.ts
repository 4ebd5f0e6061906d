import type { FileKind } from '../domain/source-spec.js';

const MOST = 160;

/** What a reader of files means by a text of its own. */
const MEANT: readonly [RegExp, string][] = [
  [/sniffing/, 'its lines do not part into columns'],
  [/TProtocol|don't know what type/, 'its description of the columns cannot be read'],
  [/read enough bytes/, 'it ends too early'],
  [/snappy/i, 'Snappy cannot unpack it'],
  [/zstd|frame descriptor/i, 'Zstandard cannot unpack it'],
  [/gzip|inflate/i, 'gzip cannot unpack it'],
];

/** What the engine says, in one line and without the kinds of its errors. */
export function engineWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split('\n');
  const plain = first
    .replace(/^(([A-Z]\w* )+Error: |\w*Exception: )+/, '')
    .replaceAll(/[\u0000-\u001f\ufffd]+/g, ' ')
    .replace(/[\s.:!]+$/, '');
  return plain.length > MOST ? `${plain.slice(0, MOST - 1)}…` : plain;
}

/** The same of a reader of files, which names the file and what it found in it. */
function readerWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const meant = MEANT.find(([pattern]) => pattern.test(text))?.[1];
  return meant ?? engineWords(error).replaceAll(/"[^"]*"|(?<!\w)'[^']*'/g, '…');
}

/** Why a file of a kind cannot be read, and what would be right. */
export function damageWords(kind: FileKind, error: unknown): string {
  const why = readerWords(error);
  switch (kind) {
    case 'parquet':
      return `is damaged (${why}); expected a whole Parquet file`;
    case 'csv':
      return `is no table of text (${why}); expected lines of values apart by commas, tabs, ; or |`;
    case 'jsonl':
      return `is no file of JSON Lines (${why}); expected one JSON object a line`;
  }
}

/** Faults of an expression whatever the types of the columns are. */
const SURE: readonly [RegExp, (name: string) => string][] = [
  [/Referenced (?:column|table) "([^"]+)" not found/, (name) => `there is no column "${name}"`],
  [/Function with name (\S+)__postfix/, (name) => `nothing follows "${name}"`],
  [/Function with name "?(\w+)"? does not exist/, (name) => `there is no function "${name}"`],
  [/Table with name (\S+) does not exist/, (name) => `there is no table "${name}"`],
  [/^(?:Permission|IO) Error/, () => 'it may read no other file'],
  [/"(\w+)" is a table function/, (name) => `${name} gives a table, and no value of a row`],
  [/cannot contain (aggregates|window functions)/, () => 'it asks for more than one row'],
  [/column "([^"]+)" must appear in the GROUP/, (name) => `"${name}" stands outside an aggregate`],
  [/function calls cannot be nested/, () => 'it has an aggregate within an aggregate'],
  [/UNNEST not supported/, () => 'it makes more than one row'],
  [/^Parser Error: ([^\n]*)/, (said) => said],
];

/** Why an expression is none of rows with such columns, whatever their types are; null: it is. */
export function sureFault(error: unknown): string | null {
  const text = error instanceof Error ? error.message : String(error);
  for (const [pattern, say] of SURE) {
    const found = pattern.exec(text);
    if (found !== null) return say(found[1] ?? '');
  }
  return null;
}

/** What is asked of types that it is not made for: `//(VARCHAR, INTEGER_LITERAL)`. */
const UNFIT = /^Binder Error: No function matches [^']*'([^(']+)\((.*)\)'/;

/** Two types that nothing orders. */
const UNLIKE =
  /^Binder Error: Cannot compare values of type (.+) and type (\S+) - an explicit cast/;

/** A text of the expression itself that is not what it is held against. */
const MISREAD: readonly [RegExp, string][] = [
  [/^Conversion Error: Could not convert string ['"](.*)['"] to BOOL$/m, 'truth value'],
  [
    /^Conversion Error: Could not convert string ['"](.*)['"] to (?:U?INT\d+|DOUBLE|FLOAT|DECIMAL.*)$/m,
    'number',
  ],
  [/^Conversion Error: (?:invalid )?date field [^:]*: "(.*?)"(?:,|$)/m, 'date'],
  [/^Conversion Error: (?:invalid )?timestamp field [^:]*: "(.*?)"(?:,|$)/m, 'time'],
];

/** Why an expression cannot be asked of the rows. */
export function expressionWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, name = '', types = ''] = UNFIT.exec(text) ?? [];
  if (name !== '') return `there is no ${name} of ${types.replaceAll('_LITERAL', '')}`;
  const [, one = '', other = ''] = UNLIKE.exec(text) ?? [];
  if (one !== '') return `${one} cannot be compared with ${other}`.replaceAll('_LITERAL', '');
  for (const [pattern, wanted] of MISREAD) {
    const given = pattern.exec(text)?.[1];
    if (given !== undefined) return `"${given}" is no ${wanted}`;
  }
  return sureFault(error) ?? engineWords(error);
}
