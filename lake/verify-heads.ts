import type { ModelHead } from '../domain/model.js';
import type { Commit } from '../domain/run.js';
import { iso } from '../domain/window.js';
import { headKey, headNames, readHead } from './heads.js';
import type { EntityHead } from './heads.js';
import { trying } from './verification.js';
import type { Verification } from './verification.js';

/** What is read of the episodes that a backfill found. */
interface EpisodesHead {
  model: string;
  category: string;
}

/** A head by its name. */
type Heads = ReadonlyMap<string, ModelHead | EntityHead | EpisodesHead>;

/** The heads that can be read. */
export async function headsOf(work: Verification): Promise<Heads> {
  const { store } = work.files;
  const heads = new Map<string, ModelHead | EntityHead | EpisodesHead>();
  for (const name of await headNames(store, '')) {
    work.report.counts.heads++;
    const head = await trying(work, headKey(name), () =>
      readHead<ModelHead | EntityHead | EpisodesHead>(store, name),
    );
    if (head !== null) heads.set(name, head);
  }
  return heads;
}

/** Every head is of what its name says, and a model's watermark rests on commits. */
export function verifyHeads(work: Verification, heads: Heads): void {
  for (const [name, head] of heads) {
    const key = headKey(name);
    const given = nameIn(head) ?? name;
    if (given !== name) work.report.problems.push({ key, problem: `it is the head of ${given}` });
    else if (name.startsWith('model/')) verifyModelHead(work, head as ModelHead);
  }
}

/** Whose head it says it is; null: it does not say. */
function nameIn(head: ModelHead | EntityHead | EpisodesHead): string | null {
  if ('entity' in head) return head.entity;
  if (!('model' in head)) return null;
  return 'category' in head ? `episodes/${head.model}/${head.category}` : `model/${head.model}`;
}

function verifyModelHead(work: Verification, head: ModelHead): void {
  const key = headKey(`model/${head.model}`);
  const commits = work.commits.get(head.model) ?? [];
  const say = (problem: string) => work.report.problems.push({ key, problem });
  for (const { end, revision } of head.windows) {
    const isThere = (commit: Commit) => commit.window.end === end && commit.revision === revision;
    if (!commits.some(isThere)) say(`it shows ${iso(end)}/${revision}, which has no commit`);
  }
  if (work.options.expected === undefined) return;
  const done = new Set(commits.map(({ window }) => window.end));
  for (const { end } of head.failed) done.add(end);
  const expected = work.options.expected(head.model, head.since, head.watermark);
  const missing = expected.filter((end) => !done.has(end));
  if (missing.length <= head.notEvaluated) return;
  say(
    `${missing.length} windows up to the watermark have no commit, ${head.notEvaluated} are ` +
      `counted as not evaluated; the first is ${iso(missing[0] ?? head.watermark)}`,
  );
}
