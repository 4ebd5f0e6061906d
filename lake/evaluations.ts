import type { Finding } from '../domain/finding.js';
import type { Counts } from '../domain/profile.js';
import type { Evaluation } from '../domain/run.js';
import { ask, askColumns, bind } from './ask.js';
import { columnsOf, emptyCounts, signaturesOf, withCells } from './cells.js';
import type { Part, Shape } from './cells.js';
import { commitsOf } from './commits.js';
import type { Span } from './commits.js';
import type { Duck } from './duck.js';
import { locate } from './manifest.js';
import { headerOf, keyOf, profileOf, shapedOf } from './header.js';
import type { Header } from './header.js';
import { canonical, fingerprint, pack, unpack } from './objects.js';
import type { Store } from './store.js';

/** The lake and a DuckDB to read and write its Parquet files with. */
export interface Files {
  store: Store;
  db: Duck;
}

/** What is read: `light` leaves `profile.columns` empty, the bulk of a profile. */
export type Detail = 'whole' | 'light';

/**
 * Writes an evaluation to a file of its own, and returns its key. Nobody sees it before a commit
 * names it; the same evaluation and attempt again give the same key.
 */
export async function writeEvaluation(
  { store, db }: Files,
  evaluation: Evaluation,
  attempt: string,
): Promise<string> {
  const shaped = shapedOf(evaluation.profile);
  const header = headerOf(
    evaluation,
    shaped.map(({ shape }) => shape),
  );
  const key = keyOf(evaluation, attempt, fingerprint(header));
  const path = await store.scratch();
  await db.use((connection) =>
    withCells(connection, shaped, async (cells) => {
      const { sql, bound } = bind('lake/write_evaluation', {
        path,
        file: key,
        model: evaluation.model,
        window_end: evaluation.window.end,
        revision: evaluation.revision,
        run: evaluation.run,
        header: canonical(header),
        bodies: evaluation.findings.map((finding) => JSON.stringify(pack(finding))),
        cells,
      });
      await connection.run(sql, bound);
    }),
  );
  await store.putFileIfAbsent(key, path);
  return key;
}

/** The evaluation of a key, also after it was merged. Error when the lake does not hold it. */
export async function readEvaluation(
  files: Files,
  key: string,
  detail: Detail = 'whole',
): Promise<Evaluation> {
  const [evaluation] = await readEvaluations(files, [key], detail);
  if (evaluation === undefined) throw new Error(`The lake holds no evaluation ${key}.`);
  return evaluation;
}

/** Many at once, in the order of their keys; Error when one is not there. Reads only. */
export async function readEvaluations(
  { store, db }: Files,
  keys: readonly string[],
  detail: Detail = 'whole',
): Promise<Evaluation[]> {
  if (keys.length === 0) return [];
  const files = await locate(store, keys);
  const headers = new Map<string, Header>();
  const findings = new Map<string, Finding[]>(keys.map((key) => [key, []]));
  for (const { file, kind, body } of await ask(db, 'lake/bodies', { files, keys })) {
    const value = unpack(JSON.parse(String(body)));
    if (kind === 'header') headers.set(String(file), value as Header);
    else findings.get(String(file))?.push(value as Finding);
  }
  const counts = await readCounts(db, { files, keys, headers, detail });
  return keys.map((key) => {
    const header = headers.get(key);
    if (header === undefined) throw new Error(`The lake holds no evaluation ${key}.`);
    const profile = profileOf(header, counts.get(key) ?? []);
    return { ...header.evaluation, profile, findings: findings.get(key) ?? [] };
  });
}

interface Reading {
  files: readonly string[];
  keys: readonly string[];
  headers: ReadonlyMap<string, Header>;
  detail: Detail;
}

/** Key → the counts of its shapes, in their order; null for what is not to be read. */
async function readCounts(db: Duck, { files, keys, headers, detail }: Reading) {
  const all = new Map<string, (Counts | null)[]>();
  const parts: Part[] = ['outcomes', 'asked'];
  if (detail === 'whole') parts.push('columns');
  const wanted = ({ part }: Shape) => parts.includes(part);
  for (const [key, { shapes }] of headers) {
    all.set(
      key,
      shapes.map((shape) => (wanted(shape) ? emptyCounts(shape) : null)),
    );
  }
  const shapes = [...headers.values()].flatMap((header) => header.shapes).filter(wanted);
  for (const signature of signaturesOf(shapes)) {
    const columns = columnsOf(signature);
    const names = columns.map(({ column }) => column);
    const params = { files, keys, signature, parts, columns: names };
    const cells = await askColumns(db, 'lake/cells', params);
    const { file = [], counts = [], cell = [] } = cells;
    const targets = file.map((key, row) => all.get(String(key))?.[Number(counts[row])]);
    for (const { column, kind, name } of columns) {
      const values = cells[column] ?? [];
      for (const [row, target] of targets.entries()) {
        const array = (kind === 'sum' ? target?.sums : target?.by)?.[name] as Mutable | undefined;
        if (array !== undefined) array[Number(cell[row])] = values[row] ?? 0;
      }
    }
  }
  return all;
}

/** An array of any column's type, while it is filled. */
type Mutable = (string | number | boolean)[];

/**
 * The findings of committed windows in a line each, for lists and for people's own SQL: the highest
 * revision of every window of the span.
 */
export async function findingsOf({ store, db }: Files, model: string, span: Span = {}) {
  const keys = (await commitsOf(store, model, span)).map(({ file }) => file);
  if (keys.length === 0) return [];
  return ask(db, 'lake/findings', { files: await locate(store, keys), keys });
}
