import type { DraftMonitor } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { SourceSpec } from '../domain/monitor.js';
import { faultOfAggregate } from '../lake/aggregates.js';
import type { Duck } from '../lake/duck.js';
import { faultOfExpression } from '../lake/expressions.js';
import { misfitOfSelect, misfitOfWhere } from '../lake/where-types.js';
import { askedOf } from '../sources/locate.js';
import type { Asked } from '../sources/source.js';
import { neededIn } from './validate-columns.js';
import { expressionsOf } from './validate-expressions.js';
import type { Seen } from './validate-seen.js';

/** How files are looked at: through `db`, which can read them. */
interface Files {
  db: Duck;
  lookAt: (source: SourceSpec, asked: Asked) => Promise<Seen>;
}

/**
 * What is wrong with the SQL of monitors, as far as names tell, and of files the types of their
 * columns. Nothing is run on rows.
 */
export async function expressionProblems(
  locked: Duck,
  drafts: readonly DraftMonitor[],
  files: Files | null,
): Promise<Problem[]> {
  const said = new Map<string, string | null>();
  const problems: Problem[] = [];
  for (const draft of drafts) {
    for (const { path, text, sources, over, makes } of expressionsOf(draft)) {
      const asked = askedOf(draft.monitor, null);
      const looks = files === null ? [] : sources.map((one) => files.lookAt(one, asked));
      const seen = await Promise.all(looks);
      const known = seen.flatMap((one) => {
        const columns = makes && one.delivered ? Object.keys(one.delivered) : one.columns;
        return columns === null ? [] : [columns];
      });
      const isKnown = seen.length > 0 && known.length === seen.length;
      const columns = isKnown ? [...new Set(known.flat())] : null;
      const key = JSON.stringify([text, columns, over]);
      const ask = over === 'row' ? faultOfExpression : faultOfAggregate;
      const before = said.get(key);
      const ofNames = before === undefined ? await ask(locked, text, columns) : before;
      said.set(key, ofNames);
      const isTyped = files !== null && (makes === true || path.at(-1) === 'where');
      const asWhat = { draft, text, seen, makes: makes === true };
      const fault = ofNames ?? (isTyped ? await misfitIn({ locked, db: files.db }, asWhat) : null);
      if (fault === null) continue;
      const wanted =
        over === 'row' ? 'an SQL expression over a row' : 'one SQL aggregate of the rows';
      const message = `expected ${wanted}, got ${JSON.stringify(text)}: ${fault}`;
      problems.push(draft.problemAt(path, message));
    }
  }
  return problems;
}

interface Typed {
  draft: DraftMonitor;
  text: string;
  seen: readonly Seen[];
  /** It makes a column; else it is a `where`. */
  makes: boolean;
}

/** Why SQL does not fit the types of the newest file of its source; null: none tells. */
async function misfitIn(
  dbs: { locked: Duck; db: Duck },
  { draft, text, seen, makes }: Typed,
): Promise<string | null> {
  const { monitor, isRight } = draft;
  const [one] = seen;
  if (one === undefined || one.columns === null || one.newest === null) return null;
  const { columns, newest, delivered } = one;
  if (makes) return delivered === undefined ? null : misfitOfSelect(dbs.locked, text, delivered);
  // What was made of a file has no types of its own.
  if (delivered !== undefined) return null;
  // Of a section that is wrong nobody knows what it needs.
  const isKnown = newest.kind === 'parquet' || (isRight('columns') && isRight('labels'));
  if (!isKnown) return null;
  const { column } = monitor.columns.timestamp;
  const loose = newest.kind === 'parquet' ? [column] : neededIn(monitor);
  return misfitOfWhere(dbs, { where: text, columns, file: newest, loose });
}
