import type { Items } from '../../domain/items.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, END, evidenceOf, windowEnding } from './evidence.js';

/** Items with the rows that show them, and those of them with a positive label. */
export type Shown = Readonly<Record<string, readonly [rows: number, positives?: number]>>;

/** As the engine counts them. */
export function itemsOf(shown: Shown): Items {
  const all = Object.entries(shown).filter(([, [rows]]) => rows > 0);
  return {
    by: { item: all.map(([item]) => item) },
    sums: {
      n: Float64Array.from(all, ([, [rows]]) => rows),
      items: new Float64Array(all.length).fill(1),
      positives: Float64Array.from(all, ([, [, positives = 0]]) => positives),
    },
  };
}

/** A window that shows them, some days after the first. */
export function windowShowing(items: Items | null, day = 0): Profile {
  const n = items?.sums['n']?.reduce((sum, one) => sum + one, 0) ?? 0;
  const asked: Profile['asked'] = items === null ? {} : { items };
  const window = windowEnding(END + day * DAY);
  return { ...evidenceOf({}, {}).current, rows: n, window, asked };
}
