import type { Due } from '../domain/due.js';
import { cameWords, restates } from '../domain/late.js';
import { percent } from '../domain/judging/figures.js';
import type { Monitor } from '../domain/monitor.js';
import type { Evaluation } from '../domain/run.js';
import { SourceError, type Located } from '../domain/source.js';
import type { Measuring } from './deps.js';
import { changesSince, olderOf, type Older } from './evaluate-older.js';
import { locatePredictions } from './located.js';

/** What a second look at the source of a window found. */
export interface Reread {
  /** The result that it was judged by before. */
  older: Older;
  /** The files now. */
  located: Located;
  /** Sentences on files that are not what they were; new ones are not among them. */
  changes: readonly string[];
}

/**
 * The files of a window that is read again, beside what its older result read; null: it has none,
 * or its source cannot be read, which the evaluation will say. Reads only.
 */
export async function reread(
  deps: Measuring,
  { monitor, due, signal }: { monitor: Monitor; due: Due; signal: AbortSignal },
): Promise<Reread | null> {
  const older = await olderOf(deps.lake, monitor, due);
  if (older === null) return null;
  try {
    const located = await locatePredictions(deps, { monitor, due, signal });
    return { older, located, changes: changesSince(older, located) };
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}

/** True when not a file has come, gone or changed: then its rows are those of before. */
export function isUnchanged({ older, located, changes }: Reread): boolean {
  const files = older.evaluation.manifest?.files ?? [];
  return changes.length === 0 && files.length === located.files.length;
}

/** Whether what was found has the window judged again, and why or why not, in words. */
export function weighed(
  { older, changes }: Reread,
  now: Evaluation,
  { late }: Monitor,
): { restates: boolean; note: string } {
  const then = rowsOf(older.evaluation);
  const came = { then, now: rowsOf(now), rewritten: changes.length > 0 };
  const above = late?.restateAbove ?? 0;
  const isMore = restates(came, above);
  const limit = `at most ${percent(above)} (predictions.late.restate_above)`;
  return {
    restates: isMore,
    note: `${cameWords(came)}: ${isMore ? 'judged again' : `not judged again, ${limit}`}`,
  };
}

const rowsOf = ({ manifest, profile }: Evaluation): number => manifest?.rows ?? profile?.rows ?? 0;
