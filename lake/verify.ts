import type { Commit, Evaluation } from '../domain/run.js';
import { verifyAudit } from './audit.js';
import { committedModels, parseCommitKey } from './commits.js';
import type { CommitName } from './commits.js';
import { readEvaluation, readEvaluations } from './evaluations.js';
import type { Files } from './evaluations.js';
import { hashOfEvaluation, hashOfKey } from './header.js';
import { NOTHING_MERGED } from './manifest.js';
import type { MergeManifest } from './manifest.js';
import { sha256 } from './objects.js';
import { getJson } from './store.js';
import { trying } from './verification.js';
import type { Harmless, LakeReport, Verification, VerifyOptions } from './verification.js';
import { headsOf, verifyHeads } from './verify-heads.js';

/**
 * Reads the whole lake: every commit's files are there and are what was written, revisions have no
 * gap, objects match their fingerprints, heads rest on commits, the audit chains hold. What a kill
 * leaves behind is harmless. Changes nothing.
 */
export async function verifyLake(files: Files, options: VerifyOptions = {}): Promise<LakeReport> {
  const counts = { models: 0, windows: 0, commits: 0, objects: 0, heads: 0, audited: 0 };
  const report: LakeReport = { problems: [], harmless: [], counts };
  const work: Verification = { files, options, report, commits: new Map(), named: new Set() };
  // Before the commits that they rest on: others write meanwhile, commits first.
  const heads = await headsOf(work);
  await verifyCommits(work);
  await verifyEvaluations(work);
  await verifyObjects(work);
  verifyHeads(work, heads);
  await verifyAudited(work);
  await findHarmless(work);
  return report;
}

type Named = { key: string; name: CommitName | null };
/** Within a model and window; keys alone put revision 10 before 2. */
const byRevision = (a: Named, b: Named) =>
  a.name?.model === b.name?.model && a.name?.end === b.name?.end
    ? (a.name?.revision ?? 0) - (b.name?.revision ?? 0)
    : Number(a.key > b.key) - Number(a.key < b.key);

async function verifyCommits(work: Verification): Promise<void> {
  const { store } = work.files;
  const { problems, counts } = work.report;
  counts.models = (await committedModels(store)).length;
  const newest = new Map<string, number>();
  const keys = (await store.list('commits/')).map((key) => ({ key, name: parseCommitKey(key) }));
  for (const { key, name } of keys.sort(byRevision)) {
    if (name === null) {
      problems.push({ key, problem: 'not the name of a commit: <model>/<window end>-<revision>' });
      continue;
    }
    counts.commits++;
    const window = `${name.model} ${name.end}`;
    const before = newest.get(window) ?? 0;
    newest.set(window, name.revision);
    if (name.revision !== before + 1) {
      problems.push({ key, problem: `revision ${name.revision} follows revision ${before}` });
    }
    const made = await trying(work, key, () => getJson<Commit>(store, key));
    if (made === null) continue;
    if (
      made.model !== name.model ||
      made.window.end !== name.end ||
      made.revision !== name.revision
    ) {
      problems.push({ key, problem: `it holds the commit of ${made.run}` });
    } else work.commits.set(name.model, [...(work.commits.get(name.model) ?? []), made]);
  }
  counts.windows = newest.size;
}

/** Evaluations that are read at once: one query costs as much as reading some of them. */
const BATCH = 8;

async function verifyEvaluations(work: Verification): Promise<void> {
  const files = [...work.commits.values()].flat().flatMap((one) => [one.file, one.profileFile]);
  const keys = [...new Set(files)].filter((key) => key !== null).filter((key) => key !== '');
  for (let from = 0; from < keys.length; from += BATCH) {
    const batch = keys.slice(from, from + BATCH);
    // One damaged file spoils its batch: then one by one, to name it.
    const read = await readEvaluations(work.files, batch).catch(() => null);
    for (const [index, key] of batch.entries()) {
      work.named.add(key);
      const evaluation =
        read?.[index] ?? (await trying(work, key, () => readEvaluation(work.files, key)));
      if (evaluation !== null) await verifyEvaluation(work, key, evaluation);
    }
  }
}

async function verifyEvaluation(
  work: Verification,
  key: string,
  evaluation: Evaluation,
): Promise<void> {
  if (hashOfEvaluation(evaluation) !== hashOfKey(key)) {
    work.report.problems.push({ key, problem: 'its content is not what was written' });
  }
  for (const landed of [evaluation.manifest?.landed, evaluation.labels?.landed]) {
    if (landed === null || landed === undefined) continue;
    work.named.add(landed);
    if ((await work.files.store.modified(landed)) === null) {
      work.report.problems.push({ key: landed, problem: `missing; ${key} names it` });
    }
  }
}

async function verifyObjects(work: Verification): Promise<void> {
  const { store } = work.files;
  const { problems, counts } = work.report;
  const there = new Set(await store.list('objects/'));
  for (const key of there) {
    counts.objects++;
    const stored = await store.get(key);
    if (stored !== null && !key.endsWith(`/${sha256(stored.body)}.json`)) {
      problems.push({ key, problem: 'its content does not match its fingerprint' });
    }
  }
  for (const { run, monitor, reference } of [...work.commits.values()].flat()) {
    const named = { monitor, reference };
    for (const [kind, hash] of Object.entries(named)) {
      if (hash === null || there.has(`objects/${kind}/${hash}.json`)) continue;
      problems.push({ key: `objects/${kind}/${hash}.json`, problem: `missing; ${run} names it` });
    }
  }
}

async function verifyAudited(work: Verification): Promise<void> {
  const { store } = work.files;
  work.report.counts.audited = (await store.list('audit/')).length;
  const faults = await trying(work, 'anchors', () => verifyAudit(store));
  for (const { entity, sequence, fault } of faults ?? []) {
    const key = sequence === 0 ? `anchors/${entity}.json` : `audit of ${entity}, ${sequence}`;
    work.report.problems.push({ key, problem: fault });
  }
  for (const key of await store.list('deliveries/')) {
    await trying(work, key, () => getJson<unknown>(store, key));
  }
}

async function findHarmless(work: Verification): Promise<void> {
  const { store } = work.files;
  for (const { key, modified } of await store.leftovers()) {
    work.report.harmless.push({ key, what: 'unfinished file', modified });
  }
  for (const name of await store.list('manifests/')) {
    const manifest = await trying(work, name, () => getJson<MergeManifest>(store, name));
    const { merged, retired } = manifest ?? NOTHING_MERGED;
    for (const { key } of [...merged, ...retired]) work.named.add(key);
  }
  const unnamed = async (prefix: string, what: Harmless['what']) => {
    for (const key of await store.list(prefix)) {
      const modified = work.named.has(key) ? null : await store.modified(key);
      if (modified !== null) work.report.harmless.push({ key, what, modified });
    }
  };
  await unnamed('evaluations/', 'attempt without a commit');
  await unnamed('rows/', 'attempt without a commit');
  await unnamed('merged/', 'merged file without a manifest');
}
