import type { Instant } from '../domain/window.js';
import type { Deps } from './deps.js';

/** A window whose repeat failed: its older result stands, and no commit says why. */
export interface FailedRepeat {
  end: Instant;
  /** The revision that it would have had. */
  revision: number;
  /** In words, with file and column. */
  error: string;
}

/** Head of the last repeats of a model that failed, oldest window first. */
export interface FailedRepeats {
  windows: readonly FailedRepeat[];
}

const MOST_KEPT = 100;

/** Name of that head. */
export function failuresHead(model: string): string {
  return `failures/${model}`;
}

/** Keeps why a repeat failed, the newest reason per window. The same again writes nothing. */
export async function noteFailure(
  { lake }: Pick<Deps, 'lake'>,
  model: string,
  failed: FailedRepeat,
): Promise<void> {
  await lake.updateHead<FailedRepeats>(failuresHead(model), (old) => {
    const others = (old?.windows ?? []).filter(({ end }) => end !== failed.end);
    const windows = [...others, failed].sort((a, b) => a.end - b.end);
    return { windows: windows.slice(-MOST_KEPT) };
  });
}
