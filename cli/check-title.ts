import type { Checked } from '../app/check.js';
import { numberedInWords, windowInWords } from '../calendar/words.js';
import { near } from './output.js';
import { countWords } from './words.js';

/** `2026-11-21 → 2026-11-22 UTC`, of windows that are cut by rows their number. */
export const windowWords = ({ windows }: Checked['monitor'], window: Checked['window']): string =>
  windows.rows === undefined ? windowInWords(window, windows.timezone) : numberedInWords(window);

/** Model, window, rows and what they are compared with. */
export function titleOf({ monitor, window, evaluated, oneOff }: Checked): string[] {
  const { evaluation, reference } = evaluated;
  const rows = evaluation.profile?.rows ?? 0;
  const against =
    reference === null
      ? evaluation.error === null
        ? 'no reference'
        : 'reference not read'
      : `reference ${near(reference.path)} (${countWords(reference.rows)} rows)`;
  const title = [monitor.model.id, windowWords(monitor, window), `${countWords(rows)} rows`];
  return [...title, against, ...(oneOff ? ['one-off window: no stated error rate'] : [])];
}
