import type { Due, Outcome } from '../domain/due.js';
import type { FailedWindow, ModelHead, WindowLine } from '../domain/model.js';
import type { Commit } from '../domain/run.js';
import type { Instant } from '../domain/window.js';
import type { Deps } from './deps.js';
import { modelHead } from './deps.js';

/** Windows that a head tells of. */
export const STRIP = 30;

/** Moves the model's watermark; a repeat, or an older window, moves nothing. */
export async function advance(
  deps: Deps,
  input: { model: string; due: Due; outcome: Outcome; note?: string },
): Promise<void> {
  const { model, due, outcome } = input;
  const commit = await deps.lake.commitOf(model, due.window.end);
  await deps.lake.updateHead<ModelHead>(modelHead(model), (head) => {
    if (head === null) throw new Error(`Model "${model}" has no head; run aftercare apply.`);
    const line = commit === null ? [] : [lineOf(commit)];
    return {
      ...head,
      watermark: due.kind === 'first' ? Math.max(head.watermark, due.window.end) : head.watermark,
      matureWatermark: matureUpTo(head, commit),
      ...rereadUpTo(head, due, input.note ?? null),
      failed: failedAfter(head.failed, { end: due.window.end, outcome, at: deps.clock() }),
      windows: withLines(head.windows, line),
      lastRunAt: deps.clock(),
      notEvaluated: head.notEvaluated + (isNew(head, due) && outcome === 'not_evaluated' ? 1 : 0),
    };
  });
}

function isNew(head: ModelHead, due: Due): boolean {
  return due.kind === 'first' && due.window.end > head.watermark;
}

function matureUpTo(head: ModelHead, commit: Commit | null): Instant | null {
  if (commit?.mature !== true) return head.matureWatermark;
  return Math.max(head.matureWatermark ?? commit.window.end, commit.window.end);
}

function rereadUpTo(head: ModelHead, due: Due, note: string | null): Pick<ModelHead, 'reread'> {
  const { reread: after, window } = due;
  if (after === undefined) return {};
  const others = (head.reread ?? []).filter((one) => one.after !== after);
  return { reread: [...others, { after, end: window.end, note }] };
}

function failedAfter(
  failed: readonly FailedWindow[],
  now: { end: Instant; outcome: Outcome; at: Instant },
): FailedWindow[] {
  const others = failed.filter(({ end }) => end !== now.end);
  return now.outcome === 'not_evaluated' ? [...others, { end: now.end, bell: now.at }] : others;
}

/** The last lines with others among them, oldest first; a window's newest result stands. */
export function withLines(
  lines: readonly WindowLine[],
  added: readonly WindowLine[],
): WindowLine[] {
  const ends = new Set(added.map(({ end }) => end));
  return [...lines.filter(({ end }) => !ends.has(end)), ...added]
    .sort((a, b) => a.end - b.end)
    .slice(-STRIP);
}

/** A commit as a line of the strip. */
export function lineOf({ window, revision, verdict, counts, rows, notes }: Commit): WindowLine {
  const line = { end: window.end, revision, verdict, counts, rows };
  return notes === undefined ? line : { ...line, notes };
}
