import { changesOf } from '../activities/evaluate-older.js';
import { modelHead, type Measuring } from '../activities/deps.js';
import { fixedRows } from '../activities/reference-from.js';
import { referenceSpec } from '../activities/reference.js';
import type { ModelHead, ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Commit } from '../domain/run.js';
import { SourceError, type Located } from '../domain/source.js';
import type { Lake } from '../lake/lake.js';
import { getReference } from '../lake/reference-store.js';
import { askedOf, locate } from '../sources/locate.js';

/** Letters of a fingerprint that tell one from another at a glance. */
const DIGITS = 12;

/**
 * The reference of a run as it was pinned; null: it had none. Of a commit that does not say it, as
 * the first run against it would have pinned it, unless the model still has it.
 */
export async function pinOf(
  lake: Lake,
  monitor: Monitor,
  commit: Commit,
): Promise<ReferencePin | null> {
  if (commit.pin !== undefined || commit.reference === null) return commit.pin ?? null;
  const { reference } = commit;
  const head = await lake.readHead<ModelHead>(modelHead(commit.model));
  const spec = referenceSpec(monitor);
  if (head?.reference?.fingerprint === reference) return { ...head.reference, spec };
  const all = await lake.revisionsOf(commit.model);
  const since = Math.min(
    ...all.filter((one) => one.reference === reference).map(({ at }) => at),
    commit.at,
  );
  const { drift } = monitor.reference;
  const trainedUntil = drift?.kind === 'training' ? drift.trainedUntil : null;
  return { fingerprint: reference, spec, version: null, trainedUntil, since };
}

/** What is not as it was beside the rows of the window: program, monitor, reference. */
export async function changesBeside(
  deps: Measuring,
  { monitor, commit }: { monitor: Monitor; commit: Commit },
): Promise<string[]> {
  const { lake, program } = deps;
  const head = await lake.readHead<ModelHead>(modelHead(commit.model));
  const applied = head?.monitor ?? commit.monitor;
  const pinned = head?.reference?.fingerprint ?? commit.reference;
  const short = (hash: string | null) => hash?.slice(0, DIGITS) ?? 'none';
  const told = (what: string, then: string | null, now: string | null): string[] =>
    then === now ? [] : [`${what}: ${short(then)} then and here, ${short(now)} in force now.`];
  return [
    ...programWords(commit.program, program),
    ...told('The monitor was published anew', commit.monitor, applied),
    ...told('The reference is another', commit.reference, pinned),
    ...(commit.pin === undefined && commit.reference !== null
      ? ['Since when the reference counted, and for which version, was not noted then.']
      : []),
    ...(await referenceRows(deps, monitor, commit)),
  ];
}

function programWords(then: string | undefined, now: string): string[] {
  if (then === now) return [];
  const words = then === undefined ? 'not noted then' : `${then} then`;
  return [`The program: ${words}, ${now} now.`];
}

/** Files of the reference that are not what they were: its counts are kept, its rows are not. */
async function referenceRows(
  deps: Measuring,
  monitor: Monitor,
  { reference }: Commit,
): Promise<string[]> {
  const { drift } = monitor.reference;
  const rows = drift === null ? null : fixedRows(monitor, drift);
  if (reference === null || rows === null) return [];
  const { located } = await getReference(deps.lake, reference);
  const isHere = ({ origin = 'here' }: Located) => origin === 'here';
  if (!isHere(located)) return [];
  try {
    const now = await locate(rows.from, askedOf(monitor, rows.only), deps.world);
    const since = 'since the reference was made of it';
    const joined = (now.joins ?? []).flatMap(({ name, located: theirs }) => {
      const then = located.joins?.find((one) => one.name === name)?.located;
      return then === undefined || !isHere(then) ? [] : changesOf(then.files, theirs, since);
    });
    return [...changesOf(located.files, now, since), ...joined];
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return [`${error.message}.`];
  }
}

/** What no lake keeps and may be other than it was, in sentences. */
export function limitsOf(monitor: Monitor): string[] {
  const fixed = Object.entries(monitor.reference.others)
    .filter(([, source]) => fixedRows(monitor, source) !== null)
    .map(([name]) => name);
  if (fixed.length === 0) return [];
  return [
    `Nobody noted the files of other references, which are read as now: ${fixed.join(', ')}.`,
  ];
}
