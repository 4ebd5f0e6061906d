import { randomUUID } from 'node:crypto';
import type { Finding } from '../domain/finding.js';
import type { Counts } from '../domain/profile.js';
import type { Evaluation } from '../domain/run.js';
import { ask, bind } from './ask.js';
import { columnsOf, countsOf, withCounts } from './cells.js';
import type { Part } from './cells.js';
import { driver } from './driver.js';
import { commitsOf } from './commits.js';
import type { Span } from './commits.js';
import type { Duck } from './duck.js';
import { askLists } from './lists.js';
import { locate, placesNow } from './manifest.js';
import { contentOf, headerOf, keyOf, shapedOf } from './header.js';
import type { Header } from './header.js';
import { canonical, fingerprint, pack, unpack } from './objects.js';
import { encodeName, windowName } from './store.js';
import type { Store } from './store.js';

/** The lake and a DuckDB to read and write its Parquet files with. */
export interface Files {
  store: Store;
  db: Duck;
}

/**
 * What is read: `light` gives coarse counts as `profile.columns`, none where there are none,
 * `coarse` no findings either, and `rows` no columns and answers either: rows and outcomes alone.
 * `answers` gives those alone.
 */
export type Detail = 'whole' | 'light' | 'coarse' | 'rows' | 'answers';

/**
 * Writes an evaluation to a file of its own, and returns its key. Nobody sees it before a commit
 * names it; the same evaluation and attempt again give the same key.
 */
export async function writeEvaluation(
  { store, db }: Files,
  evaluation: Evaluation,
  attempt: string,
): Promise<string> {
  const shaped = shapedOf(evaluation);
  const header = headerOf(
    evaluation,
    shaped.map(({ shape }) => shape),
  );
  const key = keyOf(evaluation, attempt, fingerprint(header));
  const path = await store.scratch();
  await db.use((connection) =>
    withCounts(connection, shaped, async (counts) => {
      const { sql, bound } = bind('lake/write_evaluation', {
        path,
        file: key,
        model: evaluation.model,
        window_end: evaluation.window.end,
        revision: evaluation.revision,
        run: evaluation.run,
        header: canonical(header),
        bodies: evaluation.findings.map((finding) => JSON.stringify(pack(finding))),
        counts,
      });
      const { LIST, VARCHAR } = driver();
      await connection.run(sql, bound, { bodies: LIST(VARCHAR) });
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
  const place = (await placesNow(files.store, [key])).get(key) ?? key;
  if ((await files.store.modified(place)) === null) throw new Error(`${place} is missing.`);
  const [evaluation] = await readEvaluations(files, [key], detail);
  if (evaluation === undefined) throw new Error(`The lake holds no evaluation ${key}.`);
  return evaluation;
}

/** So many are read with their columns at once: the counts of all of them stand in memory twice. */
const AT_ONCE = 8;

/** Many, in the order of their keys; Error when one is not there. Reads only. */
export async function readEvaluations(
  files: Files,
  keys: readonly string[],
  detail: Detail = 'whole',
): Promise<Evaluation[]> {
  const size = detail === 'rows' || detail === 'answers' ? Math.max(1, keys.length) : AT_ONCE;
  const found: Evaluation[] = [];
  for (let from = 0; from < keys.length; from += size) {
    found.push(...(await readSome(files, keys.slice(from, from + size), detail)));
  }
  return found;
}

async function readSome(
  { store, db }: Files,
  keys: readonly string[],
  detail: Detail,
): Promise<Evaluation[]> {
  const files = await locate(store, keys);
  const headers = new Map<string, Header>();
  const findings = new Map<string, Finding[]>(keys.map((key) => [key, []]));
  const kinds = detail === 'whole' || detail === 'light' ? ['header', 'finding'] : ['header'];
  const bodies = await ask(db, 'lake/bodies', { files, keys, kinds, checks: null });
  for (const { file, kind, body } of bodies) {
    const value = unpack(JSON.parse(String(body)));
    if (kind === 'header') headers.set(String(file), value as Header);
    else findings.get(String(file))?.push(value as Finding);
  }
  const counts = await readCounts(db, { files, keys, headers, detail });
  return keys.map((key) => {
    const header = headers.get(key);
    if (header === undefined) throw new Error(`The lake holds no evaluation ${key}.`);
    const content = contentOf(header, counts.get(key) ?? new Map<number, Counts>());
    const { profile, coarse = {} } = content;
    return {
      ...{ ...header.evaluation, ...content },
      profile: detail === 'whole' || profile === null ? profile : { ...profile, columns: coarse },
      findings: findings.get(key) ?? [],
    };
  });
}

/** By the key of their evaluation, the findings of some checks, in order. Reads only. */
export async function findingsBy(
  { store, db }: Files,
  keys: readonly string[],
  checks: readonly string[],
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const found = new Map<string, Finding[]>(keys.map((key) => [key, []]));
  if (keys.length === 0 || checks.length === 0) return found;
  const files = await locate(store, keys);
  for (const row of await ask(db, 'lake/bodies', { files, keys, kinds: ['finding'], checks })) {
    found.get(String(row['file']))?.push(unpack(JSON.parse(String(row['body']))) as Finding);
  }
  return found;
}

interface Reading {
  files: readonly string[];
  keys: readonly string[];
  headers: ReadonlyMap<string, Header>;
  detail: Detail;
}

/** Key → number of the shape → its counts, of the parts that are to be read. */
async function readCounts(db: Duck, { files, keys, headers, detail }: Reading) {
  const all = new Map<string, Map<number, Counts>>(keys.map((key) => [key, new Map()]));
  const parts: Part[] = detail === 'answers' ? ['asked'] : ['outcomes', 'sliced'];
  if (detail === 'whole' || detail === 'light' || detail === 'coarse')
    parts.push('asked', 'coarse');
  if (detail === 'whole') parts.push('columns');
  const shapes = [...headers.values()].flatMap((header) => header.shapes);
  const wanted = shapes.filter(({ part }) => parts.includes(part));
  const columns = columnsOf(wanted.map(({ signature }) => signature)).map(({ column }) => column);
  if (columns.length === 0) return all;
  for (const row of await askLists(db, 'lake/counts', { files, keys, parts, columns })) {
    const [file, number] = [String(row['file']), Number(row['counts'])];
    const shape = headers.get(file)?.shapes[number];
    if (shape !== undefined) all.get(file)?.set(number, countsOf(shape, row));
  }
  return all;
}

/**
 * Moves the rows that were landed for an evaluation into the lake, `rows/<model>/<window end>/…`,
 * and returns their key. Every call makes a document of its own; `file` is gone afterwards.
 */
export async function putRows(
  store: Store,
  { model, window, revision }: Pick<Evaluation, 'model' | 'window' | 'revision'>,
  file: string,
): Promise<string> {
  const folder = `rows/${encodeName(model)}/${windowName(window.end)}`;
  const key = `${folder}/${revision}-${randomUUID().slice(0, 8)}.parquet`;
  await store.putFileIfAbsent(key, file);
  return key;
}

/**
 * The findings of committed windows in a line each, for lists and for people's own SQL: the highest
 * revision of every window of the span.
 */
export async function findingsOf({ store, db }: Files, model: string, span: Span = {}) {
  const commits = await commitsOf(store, model, span);
  const keys = commits.map(({ file }) => file).filter((file) => file !== '');
  if (keys.length === 0) return [];
  return ask(db, 'lake/findings', { files: await locate(store, keys), keys });
}
